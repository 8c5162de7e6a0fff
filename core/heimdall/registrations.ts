import { inject, injectable } from 'inversify';
import type { JsonObject } from '../contract/json.js';
import type { Mechanism, StubTemplate, TemplateRegistration } from '../contract/stub-template.js';
import { derivedUuid } from '../stub/ids.js';
import { Templates } from '../template/templates.js';
import { comparePatterns, PatternMap } from './path-pattern.js';

/** A registration that is in force: who wants which events, and what is done then. */
export interface Registration extends TemplateRegistration {
  readonly uuid: string;
  /** The template whose file declares it, and which a stub it makes is of. */
  readonly template: string;
  /** What its texts see of the template. */
  readonly templateRoot: { readonly name: string; readonly data: JsonObject };
}

/** Who handles which events. So far registrations come from templates and live as long as these are loaded. */
@injectable()
export class Registrations {
  private source: readonly StubTemplate[] = [];
  private byPattern = new PatternMap<Registration>();
  private order: readonly Registration[] = [];

  constructor(@inject(Templates) private readonly templates: Templates) {}

  all(): readonly Registration[] {
    this.refresh();
    return this.order;
  }

  /** `evt`: all that match. `cbh`: one at most, the most specific pattern, then the newest. */
  match(paths: readonly string[], mechanism: Mechanism | '*'): Registration[] {
    this.refresh();
    const matching = [...new Set(paths.flatMap((path) => this.byPattern.match(path)))];
    const of = (wanted: Mechanism) => matching.filter((registration) => registration.mechanism === wanted);
    const one = of('cbh')
      .sort((a, b) => comparePatterns(a.path, b.path) || this.order.indexOf(b) - this.order.indexOf(a))
      .slice(0, 1);
    if (mechanism === '*') return [...of('evt'), ...one];
    return mechanism === 'cbh' ? one : of(mechanism);
  }

  /** Templates are replaced as a whole; the map follows when it is next asked. */
  private refresh(): void {
    const source = this.templates.all();
    if (source.length === this.source.length && source.every((template, at) => template === this.source[at])) return;
    this.source = source;
    this.order = source.flatMap((template) =>
      template.registrations.map((registration) => ({
        ...registration,
        uuid: derivedUuid('registration', template.name, registration.name),
        template: template.name,
        templateRoot: { name: template.name, data: template.data },
      })),
    );
    this.byPattern = new PatternMap();
    for (const registration of this.order) this.byPattern.add(registration.path, registration);
  }
}
