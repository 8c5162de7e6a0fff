/** Meta's webhooks nest about ten levels. */
const LEVELS_AT_MOST = 1_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENS = new Set([0x5b, 0x7b]);
const CLOSES = new Set([0x5d, 0x7d]);

/**
 * Replaces what nests deeper than 1,000 levels by `null`. Parsing or walking it would take seconds or exhaust the stack, and
 * refusing the body would lose its other parts. Pure.
 */
export function withoutDeepParts(json: Buffer): Buffer {
  const kept: Buffer[] = [];
  let keptTo = 0;
  let level = 0;
  let cutAt = -1;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === QUOTE) {
      at = endOfText(json, at);
    } else if (OPENS.has(byte)) {
      level += 1;
      if (level === LEVELS_AT_MOST + 1) cutAt = at;
    } else if (CLOSES.has(byte)) {
      level -= 1;
      if (level !== LEVELS_AT_MOST || cutAt < 0) continue;
      kept.push(json.subarray(keptTo, cutAt), Buffer.from('null'));
      keptTo = at + 1;
      cutAt = -1;
    }
  }
  if (keptTo === 0 && cutAt < 0) return json;
  return Buffer.concat([...kept, json.subarray(keptTo, cutAt < 0 ? json.length : cutAt)]);
}

/** The end of the string that begins at this quote: the next quote that is not escaped. */
function endOfText(json: Buffer, begin: number): number {
  for (let end = json.indexOf(QUOTE, begin + 1); end >= 0; end = json.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}
