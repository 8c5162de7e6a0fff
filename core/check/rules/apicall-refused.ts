import { inject, injectable } from 'inversify';
import { ApicallConfig } from '../../apicall/apicall-config.js';
import { calleeProblem } from '../../apicall/callee.js';
import { secretProblem } from '../../apicall/outgoing-call.js';
import { didYouMean } from '../../config/nearest.js';
import type { JsonObject } from '../../contract/json.js';
import type { Remark, TemplateCheck } from '../../contract/template-check.js';
import type { OutlinePath, OutlineTask, TemplateOutline } from '../../contract/template-outline.js';
import { hasPlaceholder } from '../../template/reference.js';

/** Holds the hosts that templates call against the configuration, where they are written out. */
@injectable()
export class ApicallHostRefused implements TemplateCheck {
  readonly id = 'apicall-host-refused';
  readonly level = 'warning';
  readonly means = 'An apicall goes to an address that the configuration does not allow';
  readonly help = 'Add the host to apicall.allow_hosts of the configuration, or correct the URL.';
  readonly takesBroken = true;

  constructor(@inject(ApicallConfig) private readonly config: ApicallConfig) {}

  check(template: TemplateOutline): Remark[] {
    return callsOf(template).flatMap(({ params, path }): Remark[] => {
      const url = writtenOrigin(params['url']);
      const problem = url && calleeProblem(url, this.config);
      return problem ? [{ path: [...path, 'params', 'url'], message: problem.message }] : [];
    });
  }
}

/** Holds the secrets that templates name against the configuration. */
@injectable()
export class ApicallSecretRefused implements TemplateCheck {
  readonly id = 'apicall-secret-refused';
  readonly level = 'warning';
  readonly means = 'An apicall names a secret that is not configured, or that may not go to its host';
  readonly help = 'Add the secret to apicall.secrets of the configuration, with this host, or name another one.';
  readonly takesBroken = true;

  constructor(@inject(ApicallConfig) private readonly config: ApicallConfig) {}

  check(template: TemplateOutline): Remark[] {
    return callsOf(template).flatMap(({ params, path }) =>
      namedSecrets(params).flatMap(({ name, at }): Remark[] => {
        const message = this.problemOf(name, writtenOrigin(params['url']));
        return message === undefined ? [] : [{ path: [...path, 'params', ...at], message }];
      }),
    );
  }

  private problemOf(name: string, url: URL | undefined): string | undefined {
    if (hasPlaceholder(name))
      return 'The name of a secret is written out: what is filled in could name another secret than is meant.';
    const { secrets } = this.config;
    if (url && Object.hasOwn(secrets, name)) return secretProblem(name, url, this.config)?.message;
    if (Object.hasOwn(secrets, name)) return undefined;
    const known = Object.keys(secrets).join(', ') || 'none';
    return `There is no secret "${name}" in apicall.secrets of the configuration.${didYouMean(name, Object.keys(secrets))} It has: ${known}.`;
  }
}

const callsOf = ({ actions }: TemplateOutline): OutlineTask[] =>
  actions.flatMap(({ tasks }) => tasks.filter(({ tasktype }) => tasktype === 'apicall'));

/** Protocol and host of a URL, where no placeholder stands in them. */
function writtenOrigin(url: unknown): URL | undefined {
  const [origin] = typeof url === 'string' ? (/^[^/]*\/\/[^/?#]*/.exec(url) ?? []) : [];
  return origin !== undefined && !hasPlaceholder(origin) && URL.canParse(origin) ? new URL(origin) : undefined;
}

function namedSecrets({ auth, headers }: JsonObject): { readonly name: string; readonly at: OutlinePath }[] {
  const { bearer, basic } = objectOf(auth);
  const named: { name: unknown; at: OutlinePath }[] = [
    { name: bearer, at: ['auth', 'bearer'] },
    { name: objectOf(basic)['password'], at: ['auth', 'basic', 'password'] },
    ...Object.entries(objectOf(headers)).map(([header, value]) => ({
      name: objectOf(value)['secret'],
      at: ['headers', header, 'secret'],
    })),
  ];
  return named.flatMap(({ name, at }) => (typeof name === 'string' ? [{ name, at }] : []));
}

const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
