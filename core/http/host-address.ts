import { injectable } from 'inversify';

/** Where this host answers, as a process on the same machine reaches it. Known for sure once the server listens. */
@injectable()
export class HostAddress {
  constructor(private address: string) {}

  get url(): string {
    return this.address;
  }

  listening(url: string): void {
    this.address = url;
  }
}
