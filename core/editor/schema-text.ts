const WIDTH = 140;

/** JSON that people can read and compare: what fits stands on one line. Ends with a line break. */
export const schemaText = (schema: unknown): string => `${jsonText(schema, '')}\n`;

function jsonText(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || indent.length + line.length <= WIDTH) return line;
  const deeper = `${indent} `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => deeper + jsonText(item, deeper)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const lines = entries.map(([key, item]) => `${deeper}${JSON.stringify(key)}: ${jsonText(item, deeper)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
