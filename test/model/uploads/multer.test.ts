import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const of = (code: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({
          name: 'app',
          dependencies: { express: '4', multer: '2' },
        }),
        'app.ts': `
          import express from 'express';
          import multer from 'multer';
          const app = express();
          const upload = multer({
            storage: multer.memoryStorage(),
            limits: { fileSize: 1024 },
            fileFilter: (req, file, cb) => {
              if (!file.mimetype.startsWith('image/')) {
                return cb(Object.assign(new Error('no image'), { status: 415 }));
              }
              cb(null, true);
            },
          });
          ${code}
          app.use((error, req, res, next) => {
            if (error instanceof multer.MulterError && error.code === 'LIMIT_FILE_SIZE')
              return res.status(413).json({ error: 'too-large' });
            res.status(error.status ?? 500).json({ error: error.message });
          });
          app.listen(3000);`,
      },
      'POST /pictures',
      express,
    ),
  );

test('what multer refuses goes to the error handlers', () => {
  expect(
    of(`app.post('/pictures', upload.single('picture'), (req, res) => {
    if (!req.file) return res.status(400).json({ error: 'no-file' });
    res.sendStatus(201);
  });`),
  ).toEqual([
    'too-large 413: <sending multer a larger file>',
    'MulterError 500: <sending multer a file of another field>',
    `no-image 415: <sending multer a file> & not [file.mimetype.startsWith('image/')]`,
    'no-file 400: not [req.file]',
    '201 201: [req.file]',
  ]);
});

test('an error handler between the steps of a route hears of those before it alone', () => {
  const refused = `(error, req, res, next) => {
    if (error.code === 'LIMIT_FILE_SIZE') return res.status(413).json({ error: 'of-the-route' });
    return next(error);
  }`;
  expect(
    of(`app.post('/other', upload.any(), ${refused}, (req, res) => res.json({}));
    app.post('/pictures', upload.any(), ${refused}, (req, res) => {
      if (req.query.late) throw Object.assign(new Error('late'), { code: 'LIMIT_FILE_SIZE' });
      res.sendStatus(201);
    });`),
  ).toEqual([
    'of-the-route 413: <sending multer a larger file>',
    `no-image 415: <sending multer a file> & not [file.mimetype.startsWith('image/')]`,
    'late 500: present query.late',
    '201 201: missing query.late',
  ]);
});

test('a callback is given the error instead', () => {
  expect(
    of(`app.post('/pictures', (req, res) => {
    upload.any()(req, res, (error) => {
      if (error) return res.status(400).json({ error: error.message });
      res.sendStatus(201);
    });
  });`),
  ).toEqual([
    'file-too-large 400: <sending multer a larger file>',
    `no-image 400: <sending multer a file> & not [file.mimetype.startsWith('image/')]`,
    '201 201: ',
  ]);
});
