import type { Json } from '../contract/json.js';

const STARS = '***';

/** Takes secrets out of what comes back, in every form in which a callee may repeat them. */
export class SecretRedactor {
  private readonly pattern: RegExp | undefined;

  constructor(secrets: readonly string[]) {
    const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
    this.pattern = forms.length > 0 ? new RegExp(forms.map(escaped).join('|'), 'giu') : undefined;
  }

  text(text: string): string {
    if (!this.pattern) return text;
    let [before, after] = ['', text];
    // What is left of two secrets side by side may be one again. Stars are shorter than any secret, so this ends.
    while (before !== after) [before, after] = [after, after.replace(this.pattern, STARS)];
    return after;
  }

  value(value: Json): Json {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.text(String(value)) === String(value) ? value : STARS;
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.value(item!)]));
  }
}

/** A secret as it is, in other case (letters that are two in it too), in a URL, in JSON, in HTML, and in base64. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const html = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  const upper = secret.toUpperCase();
  return [
    secret,
    upper,
    secret.toLowerCase(),
    upper.toLowerCase(),
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    html,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
