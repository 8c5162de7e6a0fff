import { injectable } from 'inversify';
import type { StubTemplate } from '../contract/stub-template.js';

/** The stub templates that are loaded. Replaced as a whole, so that every reader sees one consistent set. */
@injectable()
export class Templates {
  private loaded: ReadonlyMap<string, StubTemplate> = new Map();

  replace(templates: ReadonlyMap<string, StubTemplate>): void {
    this.loaded = templates;
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
}
