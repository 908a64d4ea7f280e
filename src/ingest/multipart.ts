import { Buffer } from 'node:buffer';
import busboy from 'busboy';
import { problem } from '../base/problem.ts';

/** More parts than any profiling client sends. */
const MAX_PARTS = 16;

/**
 * Parts of a multipart form by name, from a body that is wholly in memory; names other than `names` are skipped.
 * Parts with and without a file name count alike. Throws brokenMultipart, with the byte offset of the delimiter whose
 * part could not be read (the end of the body for a form that is cut off). Source: RFC 7578.
 */
export function parseMultipart(
  body: Uint8Array,
  contentType: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const parts = new Map<string, Uint8Array>();
  let begun = 0;
  return new Promise((resolve, reject) => {
    const refuse = (why: string, offset: number, cause?: unknown) =>
      reject(problem('brokenMultipart', { why, offset }, cause));
    const keep = (name: string, bytes: Uint8Array) => {
      if (!names.includes(name)) return;
      if (parts.has(name)) refuse(`there are two parts named \`${name}\``, offsetOfPart(body, contentType, begun));
      parts.set(name, bytes);
    };
    const parser = openParser(body, contentType, refuse);
    if (parser === undefined) return;
    parser.on('file', (name, stream) => {
      begun++;
      const chunks: Uint8Array[] = [];
      stream.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      stream.on('end', () => keep(name, chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
      // The parser reports the same failure itself.
      stream.on('error', () => chunks.splice(0));
    });
    parser.on('field', (name, value) => {
      begun++;
      keep(name, Buffer.from(value, 'latin1'));
    });
    parser.on('partsLimit', () => refuse(`it has more than ${MAX_PARTS} parts`, body.length));
    parser.on('error', (error: Error) => {
      const cutOff = /^Unexpected end/.test(error.message);
      refuse(error.message, cutOff ? body.length : offsetOfPart(body, contentType, begun + 1), error);
    });
    parser.on('close', () => resolve(parts));
    parser.end(body);
  });
}

function openParser(body: Uint8Array, contentType: string, refuse: (why: string, offset: number) => void) {
  try {
    return busboy({
      headers: { 'content-type': contentType },
      // A part without a file name comes as text; latin1 carries every byte through.
      defCharset: 'latin1',
      fileHwm: body.length + 1,
      limits: { parts: MAX_PARTS, fieldSize: body.length },
    });
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error), 0);
    return undefined;
  }
}

/** Where the n-th delimiter (from 1) begins; the body's length when there are fewer. */
function offsetOfPart(body: Uint8Array, contentType: string, n: number): number {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const delimiter = `--${boundary?.[1] ?? boundary?.[2] ?? ''}`;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let offset = -1;
  for (let i = 0; i < n; i++) {
    offset = bytes.indexOf(delimiter, offset + 1, 'latin1');
    if (offset < 0) return body.length;
  }
  return offset;
}
