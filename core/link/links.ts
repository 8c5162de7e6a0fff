import { inject, injectable } from 'inversify';
import { HostAddress } from '../http/host-address.js';
import { LinkKeys } from './link-keys.js';
import { type LinkKind, signedPath } from './link-signature.js';

const HOUR_MS = 3_600_000;
/** How long a link opens where a template does not say: as long as a LID of a delivery is kept. */
const DEFAULT_HOURS = 168;
const MAX_HOURS = 8_760;

/** Makes links that open one thing for whoever has them, until their time is over. */
@injectable()
export class Links {
  constructor(
    @inject(LinkKeys) private readonly keys: LinkKeys,
    @inject(HostAddress) private readonly address: HostAddress,
  ) {}

  /** The whole link, on `http.public_url`. Throws where `hours` is none. */
  to(kind: LinkKind, id: string, fromMs: number, hours: unknown = DEFAULT_HOURS): string {
    if (typeof hours !== 'number' || !(hours > 0 && hours <= MAX_HOURS))
      throw new Error(`the hours of a link are a number up to ${MAX_HOURS}`);
    const until = Math.ceil((fromMs + hours * HOUR_MS) / 1_000);
    return this.address.publicUrl + signedPath(this.keys.all()[0]!, { kind, id, until });
  }
}
