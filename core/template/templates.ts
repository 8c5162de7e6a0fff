import { injectable } from 'inversify';
import { didYouMean, listed } from '../config/nearest.js';
import type { StubTemplate } from '../contract/stub-template.js';

/** The stub templates that are loaded. Replaced as a whole, so that every reader sees one consistent set. */
@injectable()
export class Templates {
  private loaded: ReadonlyMap<string, StubTemplate> = new Map();
  private readonly followers: (() => void)[] = [];

  replace(templates: ReadonlyMap<string, StubTemplate>): void {
    this.loaded = templates;
    for (const follow of this.followers) follow();
  }

  /** Called after each replacement, as long as the program runs. It must not throw. */
  onReplaced(follow: () => void): void {
    this.followers.push(follow);
  }

  get(name: string): StubTemplate | undefined {
    return this.loaded.get(name);
  }

  all(): StubTemplate[] {
    return [...this.loaded.values()];
  }

  names(): string[] {
    return [...this.loaded.keys()];
  }

  /** What to say where a name that was asked for is none of them. */
  unknown(name: string): string {
    const names = this.names();
    return `There is no stub template "${name}".${didYouMean(name, names)} There are: ${listed(names)}.`;
  }
}
