/** A value as jsonb takes it: it takes no NUL and no half of a surrogate pair. */
export function storable<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_, item: unknown) =>
    typeof item === 'string' ? item.toWellFormed().replaceAll('\0', '\ufffd') : item,
  );
}
