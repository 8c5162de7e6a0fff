import { pathToFileURL } from 'node:url';
import { shownFile } from '../config/problem.js';
import type { CheckLevel } from '../contract/template-check.js';
import type { Place } from '../errors.js';
import { type CheckFinding, type RuleText, timesOf } from './check-finding.js';

const LEVELS: { readonly [Level in CheckLevel]: 'error' | 'warning' | 'note' } = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};
/** The name that code hosts give the folder of the sources. */
const ROOT = '%SRCROOT%';

const uriOf = (file: string): { readonly uri: string; readonly uriBaseId?: string } => {
  const shown = shownFile(file);
  if (shown.startsWith('/')) return { uri: pathToFileURL(shown).href };
  return { uri: shown.split('/').map(encodeURIComponent).join('/'), uriBaseId: ROOT };
};

const locationOf = (place: Place) => ({
  physicalLocation: {
    artifactLocation: uriOf(place.file),
    ...(place.line !== undefined && {
      region: {
        startLine: place.line,
        ...(place.column !== undefined && { startColumn: place.column }),
        ...(place.excerpt !== undefined && { snippet: { text: place.excerpt } }),
      },
    }),
  },
});

/** SARIF 2.1.0, which code hosts show beside the lines. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function checkSarif(findings: readonly CheckFinding[], texts: readonly RuleText[], version: string): string {
  const used = new Set(findings.map(({ rule }) => rule));
  const rules = texts.filter(({ id }) => used.has(id));
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const results = findings.map((finding) => {
    const { level, rule, message, place, also } = finding;
    return {
      ruleId: rule,
      ruleIndex: indexes.get(rule),
      level: LEVELS[level],
      message: { text: message },
      ...(place && { locations: [locationOf(place)] }),
      ...(also && { occurrenceCount: timesOf(finding), relatedLocations: also.map(locationOf) }),
    };
  });
  const driver = {
    name: 'stubwire check',
    version,
    semanticVersion: version,
    rules: rules.map(({ id, level, means, help }) => ({
      id,
      shortDescription: { text: means },
      help: { text: help },
      defaultConfiguration: { level: LEVELS[level] },
    })),
  };
  const run = {
    tool: { driver },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { [ROOT]: { uri: `${pathToFileURL(process.cwd()).href}/` } },
    results,
  };
  return JSON.stringify(
    { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] },
    undefined,
    2,
  );
}
