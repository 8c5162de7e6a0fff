import { injectable } from 'inversify';

/** Where this host answers. Known for sure once the server listens. */
@injectable()
export class HostAddress {
  private address: string;
  private runningPublicUrl: string | undefined;

  constructor(private readonly configured: string) {
    this.address = configured;
  }

  /** As a process on the same machine reaches it. */
  get url(): string {
    return this.address;
  }

  /** As others reach it (`http.public_url`), without a slash at its end. */
  get publicUrl(): string {
    if (this.runningPublicUrl !== undefined) return this.runningPublicUrl;
    const isAnyPort = new URL(this.configured).port === '0';
    return isAnyPort ? this.address : this.configured;
  }

  listening(url: string): void {
    this.address = url;
  }

  /** Stores the addresses of the program on the same Redis: it may have been started with another port. */
  runningAt(url: string, publicUrl: string): void {
    this.address = url;
    this.runningPublicUrl = publicUrl;
  }
}
