/**
 * Meta's hosts that serve media and want the token, as seen in `url` of media: `lookaside.fbsbx.com` for files of
 * clients, the others for what is behind its redirects. https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media
 */
const META_HOSTS = ['lookaside.fbsbx.com'];
const META_DOMAINS = ['.whatsapp.net', '.fbcdn.net', '.facebook.com'];

/**
 * Whether the token of a profile may go to this address: to the origin that its Graph calls go to (Meta, or the
 * emulator), or by https to a host of Meta's. Everything else is not even asked.
 */
export function mayHaveToken(url: URL, graphOrigin: string): boolean {
  if (url.username !== '' || url.password !== '') return false;
  if (url.origin === graphOrigin) return true;
  if (url.protocol !== 'https:' || url.port !== '') return false;
  return META_HOSTS.includes(url.hostname) || META_DOMAINS.some((domain) => url.hostname.endsWith(domain));
}
