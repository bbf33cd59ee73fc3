// The S3 server of the tests, in a process of its own: s3rver, which checks signatures, and what it lacks of S3's protocol: listing and
// giving up uploads in parts, and refusing who does not sign at all. node program.mjs PORT FOLDER BUCKET
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import v4 from '@20minutes/s3rver/lib/signature/v4.js';

const [, , port, directory, bucket] = process.argv;
const server = new S3rver({
  port: Number(port),
  address: '127.0.0.1',
  silent: true,
  directory,
  allowMismatchedSignatures: true,
  configureBuckets: [{ name: bucket, configs: [] }],
});
const ACCESS_KEY = 'S3RVER';
const SECRET = 'S3RVER';
const uploads = join(directory, bucket, '._S3rver_uploads');

/** Its own check takes `/bucket/`, as the SDK signs it, for `/bucket`; so the check is made here, with its functions, on the path as it came. */
const checkSignature = async (ctx, next) => {
  const signed = 'authorization' in ctx.headers ? v4.parseHeader(ctx.headers) : v4.parseQuery(ctx.query);
  const { date, region, service } = signed.credential;
  const querystring = Object.entries(ctx.query)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .sort()
    .join('&');
  const request = {
    method: ctx.method,
    uri: ctx.path,
    querystring,
    headers: ctx.headers,
    timestamp: ctx.headers['x-amz-date'] ?? ctx.query['X-Amz-Date'],
  };
  const key = v4.getSigningKey(SECRET, date, region, service);
  const expected = createHmac('sha256', key).update(v4.getStringToSign(request, signed)).digest('hex');
  if (signed.accessKeyId !== ACCESS_KEY || signed.signatureProvided !== expected)
    throw new Error('SignatureDoesNotMatch');
  return next();
};

const refuseUnsigned = async (ctx, next) => {
  try {
    if (ctx.path !== '/') await checkSignature(ctx, async () => undefined);
  } catch (error) {
    ctx.status = 403;
    ctx.type = 'application/xml';
    ctx.body = `<Error><Code>${error.message}</Code><Message>Access Denied</Message></Error>`;
    return undefined;
  }
  return next();
};

const listUploads = (ctx) => {
  const { prefix = '' } = ctx.query;
  const found = readdirSync(uploads, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, key: readFileSync(join(uploads, name, 'key'), 'utf8') }))
    .filter(({ key }) => key.startsWith(prefix));
  const rows = found.map(({ name, key }) => {
    const since = statSync(join(uploads, name, 'key')).mtime.toISOString();
    return `<Upload><Key>${key}</Key><UploadId>${name}</UploadId><Initiated>${since}</Initiated></Upload>`;
  });
  ctx.type = 'application/xml';
  ctx.body = `<?xml version="1.0"?><ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${rows.join('')}</ListMultipartUploadsResult>`;
};

const complete = async (ctx, next) => {
  if (ctx.path.split('/')[1] !== bucket) return next();
  if (ctx.method === 'GET' && 'uploads' in ctx.query) return listUploads(ctx);
  if (ctx.method === 'DELETE' && 'uploadId' in ctx.query) {
    rmSync(join(uploads, ctx.query.uploadId), { recursive: true, force: true });
    ctx.status = 204;
    return undefined;
  }
  return next();
};

/** With a delimiter it overlooks what lies two levels below the prefix, so it lists all and what follows the delimiter is folded here. */
const listObjects = server.store.listObjects.bind(server.store);
server.store.listObjects = async (inBucket, { delimiter, ...options }) => {
  if (!delimiter) return listObjects(inBucket, options);
  const { prefix = '' } = options;
  const { objects } = await listObjects(inBucket, { ...options, maxKeys: Number.POSITIVE_INFINITY });
  const endOf = (key) => key.indexOf(delimiter, prefix.length) + 1;
  const folded = objects.filter(({ key }) => endOf(key) > 0).map(({ key }) => key.slice(0, endOf(key)));
  return {
    objects: objects.filter(({ key }) => endOf(key) === 0),
    commonPrefixes: [...new Set(folded)],
    isTruncated: false,
  };
};

// Before its own; a list of uploads finds the folder that it makes with the first.
server.middleware.unshift(refuseUnsigned, complete);
await server.run();
process.stdout.write('ready\n');
