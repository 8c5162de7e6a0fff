const OPENS = new Set(['{', '[']);
const CLOSES = new Set(['}', ']']);

/** Whether JSON text nests deeper than `levels`. Reads the text, so that no depth can exhaust the stack. Pure. */
export function isDeeperThan(levels: number, json: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const sign = json[at]!;
    if (inString) {
      if (sign === '\\') at += 1;
      else if (sign === '"') inString = false;
    } else if (sign === '"') inString = true;
    else if (OPENS.has(sign)) depth += 1;
    else if (CLOSES.has(sign)) depth -= 1;
    if (depth > levels) return true;
  }
  return false;
}
