const LOOKED_AT_BYTES = 256;

/** Kinds of bodies that arrive in place of profiles, by how they begin. */
const BEGINNINGS: readonly (readonly [begin: RegExp, why: string])[] = [
  [/^\s*<(!doctype|html|\?xml|head|body)/i, 'it is an HTML or XML page'],
  [/^\s*[[{]/, 'it is JSON'],
  [/^goroutine profile: total /, "it is Go's text form of a goroutine profile (debug=1)"],
  [/^goroutine \d+ \[/, 'it is a dump of goroutine stacks (debug=2)'],
  [/^(heap profile: |--- (contention|mutex|heap|threadcreate))/, "it is Go's text form of a profile (debug=1)"],
  [/^--[\w'()+,./:=?-]+\r\n/, 'it is a multipart form'],
];

/** Why bytes that cannot be decoded are no profile at all, where that can be told from how they begin. */
export function whyNotAProfile(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'it is empty';
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'it is still gzip-compressed';
  if (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) return 'it is zstd-compressed';
  const head = String.fromCharCode(...bytes.subarray(0, LOOKED_AT_BYTES));
  for (const [begin, why] of BEGINNINGS) if (begin.test(head)) return why;
  // Protobuf has control characters (tags, lengths, small numbers) every few bytes; text has none but white space.
  const isText =
    head.length >= 8 && [...head].every((char) => char >= ' ' || char === '\n' || char === '\r' || char === '\t');
  return isText ? `it is text: "${head.slice(0, 40).replace(/\s+/g, ' ').trim()}"` : undefined;
}
