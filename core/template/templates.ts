import { injectable } from 'inversify';
import { didYouMean, listed } from '../config/nearest.js';
import type { StubTemplate } from '../contract/stub-template.js';

/** The stub templates that are loaded. Replaced as a whole, so that every reader sees one consistent set. */
@injectable()
export class Templates {
  private loaded: ReadonlyMap<string, StubTemplate> = new Map();
  private removed: ReadonlySet<string> = new Set();
  private readonly followers: (() => void)[] = [];

  /** `removed`: names of templates whose file was deleted. Their stubs continue; new ones cannot be made. */
  replace(templates: ReadonlyMap<string, StubTemplate>, removed: ReadonlySet<string> = new Set()): void {
    this.loaded = templates;
    this.removed = removed;
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

  /** Why no new stub can use the template with this name; undefined if one can. */
  creationProblem(
    name: string,
  ): { readonly code: 'template_unknown' | 'template_removed'; readonly message: string } | undefined {
    if (this.removed.has(name)) {
      const message = `The file of the stub template "${name}" was deleted. Its unfinished stubs continue, but no new stub can use it. Put the file back to create more.`;
      return { code: 'template_removed', message };
    }
    if (this.loaded.has(name)) return undefined;
    const names = this.names().filter((each) => !this.removed.has(each));
    const message = `There is no stub template "${name}".${didYouMean(name, names)} There are: ${listed(names)}.`;
    return { code: 'template_unknown', message };
  }
}
