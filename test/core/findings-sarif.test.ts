import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type CheckFinding, countsOf, ERROR_RULES, sortedFindings } from '../../core/check/check-finding.js';
import { checkJson } from '../../core/check/findings-json.js';
import { checkSarif } from '../../core/check/findings-sarif.js';
import { TEMPLATE_RULES } from '../../core/check/template-rules.js';

const at = (file: string, line: number) => ({ file, line, column: 3, excerpt: '  öde: { to_state: gone }' });
const FINDINGS: readonly CheckFinding[] = [
  {
    level: 'error',
    rule: 'state_unknown',
    message: 'There is no state "gone".',
    place: at('templates/my case.yaml', 4),
  },
  { level: 'warning', rule: 'unlisted-action', message: 'Never run.', place: at(join(process.cwd(), 'a/b.yaml'), 5) },
  { level: 'info', rule: 'unknown-data', message: 'From outside.', place: at('/elsewhere/c.yaml', 6) },
  { level: 'warning', rule: 'unlisted-action', message: 'Never run either.', place: { file: 'd.yaml' } },
  { level: 'error', rule: 'file_unreadable', message: 'Nowhere.' },
];

interface SarifResult {
  readonly occurrenceCount?: number;
  readonly relatedLocations?: readonly {
    readonly physicalLocation: { readonly region: { readonly startLine: number } };
  }[];
}

/** As the schema of SARIF 2.1.0 and code hosts ask for it. */
describe('findings as SARIF', () => {
  const log = JSON.parse(checkSarif(FINDINGS, [...ERROR_RULES, ...TEMPLATE_RULES], '1.2.3'));
  const [run] = log.runs;

  it('is one run of a tool with name, version and the rules that are used, each with help', () => {
    assert.equal(log.version, '2.1.0');
    assert.equal(log.runs.length, 1);
    const { name, version, semanticVersion, rules } = run.tool.driver;
    assert.deepEqual([name, version, semanticVersion], ['stubwire check', '1.2.3', '1.2.3']);
    assert.deepEqual(
      rules.map(({ id }: { readonly id: string }) => id),
      ['file_unreadable', 'state_unknown', 'unlisted-action', 'unknown-data'],
    );
    for (const { shortDescription, help, defaultConfiguration } of rules) {
      assert.ok(shortDescription.text.length > 0 && help.text.length > 0);
      assert.ok(['error', 'warning', 'note'].includes(defaultConfiguration.level));
    }
  });

  it('gives each result a rule, a level and a message', () => {
    assert.deepEqual(
      run.results.map(({ level }: { readonly level: string }) => level),
      ['error', 'warning', 'note', 'warning', 'error'],
    );
    for (const { ruleId, ruleIndex, message } of run.results) {
      assert.equal(run.tool.driver.rules[ruleIndex].id, ruleId);
      assert.ok(message.text.length > 0);
    }
  });

  it('names files relative to the working folder, and regions from 1', () => {
    const places = run.results.map(
      ({ locations = [] }: { readonly locations?: readonly { readonly physicalLocation: unknown }[] }) =>
        locations[0]?.physicalLocation,
    );
    const region = (line: number) => ({
      startLine: line,
      startColumn: 3,
      snippet: { text: '  öde: { to_state: gone }' },
    });
    assert.deepEqual(places, [
      { artifactLocation: { uri: 'templates/my%20case.yaml', uriBaseId: '%SRCROOT%' }, region: region(4) },
      { artifactLocation: { uri: 'a/b.yaml', uriBaseId: '%SRCROOT%' }, region: region(5) },
      { artifactLocation: { uri: 'file:///elsewhere/c.yaml' }, region: region(6) },
      { artifactLocation: { uri: 'd.yaml', uriBaseId: '%SRCROOT%' } },
      undefined,
    ]);
    assert.match(run.originalUriBaseIds['%SRCROOT%'].uri, /^file:\/\/\/.*\/$/);
  });

  it('reports equal findings once, with their number and places, also in JSON', () => {
    const finding = (line: number): CheckFinding => {
      return { level: 'info', rule: 'unknown-data', message: 'From outside.', place: at('a.yaml', line) };
    };
    const findings = sortedFindings([finding(9), finding(2), finding(5), { ...finding(2), message: 'Another.' }]);
    const [{ results }] = JSON.parse(checkSarif(findings, TEMPLATE_RULES, '1.2.3')).runs;
    assert.deepEqual(
      results.map(({ occurrenceCount, relatedLocations = [] }: SarifResult) => [
        occurrenceCount,
        relatedLocations.map(({ physicalLocation }) => physicalLocation.region.startLine),
      ]),
      [
        [3, [5, 9]],
        [undefined, []],
      ],
    );
    const [json] = JSON.parse(checkJson(findings));
    assert.deepEqual(
      [json.line, json.count, json.also],
      [
        2,
        3,
        [
          { line: 5, column: 3 },
          { line: 9, column: 3 },
        ],
      ],
    );
    assert.deepEqual(countsOf(findings), { error: 0, warning: 0, info: 4 });
  });

  it('is the same for nothing found: a run without results', () => {
    const [empty] = JSON.parse(checkSarif([], TEMPLATE_RULES, '1.2.3')).runs;
    assert.deepEqual([empty.results, empty.tool.driver.rules], [[], []]);
  });
});
