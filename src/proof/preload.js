// Loaded into the app under test before its own code (NODE_OPTIONS=--import). It refuses connections
// and look-ups that would leave the machine and sessions on other databases, and ends the app when its supervisor is gone.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import { isMainThread } from 'node:worker_threads';
import { watchStartup } from './preload-postgres.js';

// biome-ignore lint/style/noProcessEnv: how the launcher speaks to this file
const allowed = JSON.parse(process.env.STATEWRIGHT_ALLOW_HOSTS ?? '[]').map(plain);
// biome-ignore lint/style/noProcessEnv: how the launcher speaks to this file
const databases = JSON.parse(process.env.STATEWRIGHT_DATABASES ?? 'null');
const resolved = new Set();

guardSockets();
guardLookups(dns);
guardLookups(dns.promises);
guardDatagrams();
tellListening();
tellNativeDrivers();
syncBuiltinESMExports();
if (isMainThread) followSupervisor();

function guardSockets() {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function guarded(...args) {
    const { host, port } = target(args);
    if (isAllowed(host)) {
      connect.apply(this, args);
      // Not before: connecting puts back the socket's own `write`.
      if (databases) guardDatabase(this, port);
      return this;
    }
    const error = refusal(host, port);
    process.nextTick(() => this.destroy(error));
    return this;
  };
}

/** A session on another database than the run's would write where nothing is taken away again. */
function guardDatabase(socket, port) {
  const isOwn = (database) => databases.includes(`${port}/${database}`);
  watchStartup(socket, isOwn, (database) => {
    say(`refused a session on database "${database}" at port ${port}`);
    const message = `statewright: database "${database}" at port ${port} is not the run's`;
    socket.destroy(Object.assign(new Error(message), { code: 'ERR_STATEWRIGHT_DATABASE' }));
  });
}

/** `connect(options)`, `connect(port, host)`, `connect(path)`, or what node:net itself passes: `[options, callback]`. */
function target([first, second]) {
  const options = Array.isArray(first) ? first[0] : first;
  if (typeof options === 'object' && options !== null) {
    return options.path ? atPath(options.path) : { host: options.host, port: options.port };
  }
  const isPath = typeof options === 'string' && Number.isNaN(Number(options));
  return isPath
    ? atPath(options)
    : { host: typeof second === 'string' ? second : null, port: options };
}

/** PostgreSQL's own sockets carry their port in their name. */
function atPath(path) {
  return { host: null, port: /\.s\.PGSQL\.(\d+)$/.exec(path)?.[1] ?? null };
}

function guardLookups(resolver) {
  const lookup = resolver.lookup;
  resolver.lookup = function guarded(name, ...rest) {
    if (!isAllowed(name)) return refuseLookup(name, rest);
    if (resolver === dns) return lookup.call(resolver, name, ...remembering(rest));
    return lookup.call(resolver, name, ...rest).then(remember);
  };
  for (const key of Object.keys(resolver)) {
    if (!/^resolve|^reverse$/.test(key) || typeof resolver[key] !== 'function') continue;
    const original = resolver[key];
    resolver[key] = function guarded(name, ...rest) {
      return isAllowed(name) ? original.call(this, name, ...rest) : refuseLookup(name, rest);
    };
  }
}

function refuseLookup(name, rest) {
  const error = refusal(name, null);
  const callback = rest.at(-1);
  if (typeof callback !== 'function') return Promise.reject(error);
  process.nextTick(callback, error);
  return {};
}

/** Drivers that look a name up themselves connect to the address: allowed names make it an allowed address. */
function remembering(rest) {
  const callback = rest.at(-1);
  if (typeof callback !== 'function') return rest;
  return [
    ...rest.slice(0, -1),
    (error, address, family) => {
      if (!error) remember(address);
      callback(error, address, family);
    },
  ];
}

function remember(answer) {
  for (const entry of Array.isArray(answer) ? answer : [answer]) {
    resolved.add(plain(typeof entry === 'string' ? entry : entry.address));
  }
  return answer;
}

function guardDatagrams() {
  const send = dgram.Socket.prototype.send;
  dgram.Socket.prototype.send = function guarded(...args) {
    const host = args.slice(1).find((argument) => typeof argument === 'string');
    if (isAllowed(host)) return send.apply(this, args);
    const error = refusal(host, null);
    const callback = args.at(-1);
    process.nextTick(() =>
      typeof callback === 'function' ? callback(error) : this.emit('error', error),
    );
  };
}

/** The launcher learns that the process that serves the app is one this file stands in. */
function tellListening() {
  const listen = net.Server.prototype.listen;
  net.Server.prototype.listen = function told(...args) {
    this.once('listening', () => {
      const address = this.address();
      if (typeof address === 'object' && address) say(`guards port ${address.port}`);
    });
    return listen.apply(this, args);
  };
}

/** A driver in machine code opens sessions that no socket of Node's tells of. */
function tellNativeDrivers() {
  const dlopen = process.dlopen;
  process.dlopen = function told(module, file, ...rest) {
    if (/query[-_]?engine|libpq|pg[-_]native|postgres/i.test(file)) say('loaded a native driver');
    return dlopen.call(this, module, file, ...rest);
  };
}

function isAllowed(host) {
  if (host === null || host === undefined || host === '') return true;
  const name = plain(host);
  return isHere(name) || resolved.has(name) || allowed.some((entry) => covers(entry, name));
}

function isHere(name) {
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  if (name === plain(os.hostname())) return true;
  if (!net.isIP(name)) return false;
  if (/^(127\.|::ffff:127\.)/.test(name) || ['::1', '::', '0.0.0.0'].includes(name)) return true;
  const own = Object.values(os.networkInterfaces()).flat();
  return own.some((address) => plain(address.address) === name);
}

function covers(entry, name) {
  return entry.startsWith('*.') ? name.endsWith(entry.slice(1)) : entry === name;
}

function plain(host) {
  return String(host)
    .toLowerCase()
    .replace(/^\[|\]$|%.*$/g, '')
    .replace(/\.$/, '');
}

function refusal(host, port) {
  const at = port ? `${host}:${port}` : host;
  say(`refused a connection to ${at}`);
  const error = new Error(`statewright: ${at} is off this machine and not in app.allowHosts`);
  return Object.assign(error, { code: 'ERR_STATEWRIGHT_OUTBOUND' });
}

function say(what) {
  try {
    writeSync(2, `statewright: ${what}\n`);
  } catch {
    // The log is full or gone; the app still gets the error.
  }
}

function followSupervisor() {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, 500).unref();
}
