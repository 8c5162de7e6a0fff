import { shownFile } from '../config/problem.js';
import type { StubTemplate } from '../contract/stub-template.js';
import { type Place, StubwireError } from '../errors.js';

/** A stub template, and where its file names it. */
export interface PlacedTemplate {
  readonly template: StubTemplate;
  readonly place: Place;
}

/** One template file as it was read, whole. */
export interface FileVersion {
  readonly file: string;
  /** Begin of the sha256 of its content, in hex. */
  readonly version: string;
  readonly templates: readonly PlacedTemplate[];
}

/** A file of the set: the version in force, and a newer one that is right in itself. A deleted file is none. */
export interface Candidate {
  readonly file: string;
  readonly held?: FileVersion | undefined;
  readonly next?: FileVersion | undefined;
}

export interface Agreement {
  readonly inForce: readonly FileVersion[];
  /** Newer versions that do not go together with the rest, by file. */
  readonly refused: ReadonlyMap<string, readonly StubwireError[]>;
}

/**
 * Chooses the versions of files that are in force together, so that each template name is unique. A file keeps the name it has.
 * If several files newly claim a name, none gets it, because only their author knows which one is meant. A losing file keeps its
 * former version, which may make others lose in turn. This ends: without newer versions everything stays as it was.
 */
export function agree(candidates: readonly Candidate[]): Agreement {
  const refused = new Map<string, readonly StubwireError[]>();
  for (;;) {
    const claims = candidates.flatMap((candidate) => {
      const isNext = candidate.next !== undefined && !refused.has(candidate.file);
      const version = isNext ? candidate.next : candidate.held;
      return version ? [{ version, isNext, had: namesOf(candidate.held) }] : [];
    });
    const losers = claims.flatMap(({ version, isNext, had }) => {
      const problems = !isNext ? [] : version.templates.flatMap((placed) => clashOf(placed, version, had, claims));
      return problems.length > 0 ? [[version.file, problems] as const] : [];
    });
    if (losers.length === 0) return { inForce: claims.map(({ version }) => version), refused };
    for (const [file, problems] of losers) refused.set(file, problems);
  }
}

interface Claim {
  readonly version: FileVersion;
  readonly isNext: boolean;
  /** Names that the file's version in force has. */
  readonly had: ReadonlySet<string>;
}

function clashOf(
  { template: { name }, place }: PlacedTemplate,
  version: FileVersion,
  had: ReadonlySet<string>,
  claims: readonly Claim[],
): StubwireError[] {
  if (had.has(name)) return [];
  const claimants = claims.filter((claim) => claim.version.templates.some(({ template }) => template.name === name));
  const holder =
    claimants.find((claim) => !claim.isNext || claim.had.has(name)) ??
    claimants.find((claim) => claim.version !== version);
  if (!holder || holder.version === version) return [];
  const other = holder.version.templates.find(({ template }) => template.name === name)!.place;
  const where = [shownFile(other.file), ...(other.line === undefined ? [] : [`line ${other.line}`])].join(', ');
  const message = `The template "${name}" is also in ${where}. Give one of them another name with "template:", or delete its file.`;
  return [new StubwireError('template_duplicate', message, { place })];
}

const namesOf = (version: FileVersion | undefined): Set<string> =>
  new Set((version?.templates ?? []).map(({ template }) => template.name));
