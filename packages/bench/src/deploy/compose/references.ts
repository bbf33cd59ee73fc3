import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Compose, type ComposeFile, componentOf, endsByItself, type Service } from './model.ts';

/** Names in one place that have to exist in another: volumes, secrets, files, services, variables. */

const SECRETS = '/run/secrets/';

export interface Surroundings {
  /** The repository's folder. */
  readonly root: string;
  /** Of .env.example, all of it. */
  readonly example: Readonly<Record<string, string>>;
}

export function brokenReferences(file: ComposeFile, { root, example }: Surroundings): string[] {
  const { model } = file;
  return [
    ...Object.entries(model.services).flatMap(([name, service]) =>
      [...secretFaults(service, model), ...volumeFaults(service, model, root), ...waitFaults(service, model)].map(
        (fault) => `${name}: ${fault}`,
      ),
    ),
    ...unused(model),
    ...unowned(model),
    ...variableFaults(file, example),
  ];
}

function secretFaults(service: Service, { secrets }: Compose): string[] {
  const missing = service.secrets
    .filter((secret) => !(secret in secrets))
    .map((secret) => `there is no secret ${secret}`);
  const words = [service.command ?? [], service.entrypoint ?? [], service.healthcheck?.test ?? []].flat();
  const named = [...Object.values(service.environment), ...words]
    .flatMap((text) => [...(text ?? '').matchAll(/\/run\/secrets\/([a-z0-9.-]+)/g)])
    .map(([, name]) => name as string);
  const unmounted = named
    .filter((name) => !service.secrets.includes(name))
    .map((name) => `${SECRETS}${name} is named, but the secret is not given to it`);
  const idle = service.secrets
    .filter((secret) => !named.includes(secret) && !readByItself(service, secret))
    .map((secret) => `the secret ${secret} is given to it, but nothing names it`);
  return [...missing, ...unmounted, ...idle];
}

/** Grafana and others name their secrets in files of their own. */
function readByItself(service: Service, secret: string): boolean {
  return service.labels['docusnap.reads-secrets']?.split(' ').includes(secret) ?? false;
}

function volumeFaults(service: Service, { volumes }: Compose, root: string): string[] {
  return service.volumes.flatMap((volume) => {
    const [source = '', target = '', mode = ''] = volume.split(':');
    if (!target.startsWith('/')) return [`the volume ${volume} has no place`];
    if (/^[a-z0-9-]+$/.test(source)) return source in volumes ? [] : [`there is no volume ${source}`];
    if (!source.startsWith('.')) return mode === 'ro' ? [] : [`${source} of the machine can be written`];
    if (!existsSync(join(root, source))) return [`${source} is not in the repository`];
    return mode === 'ro' ? [] : [`${source} of the repository can be written`];
  });
}

function waitFaults(service: Service, { services }: Compose): string[] {
  return Object.entries(service.depends_on).flatMap(([name, { condition }]) => {
    const other = services[name];
    if (other === undefined) return [`it waits for ${name}, which there is not`];
    if (condition === 'service_healthy' && other.healthcheck === undefined) {
      return [`it waits for ${name} to be healthy, which nobody looks at`];
    }
    if ((condition === 'service_completed_successfully') !== endsByItself(other)) {
      return [`it waits for ${name} by the wrong condition`];
    }
    // What a profile leaves out would keep it from starting.
    const withoutIt =
      other.profiles.length > 0 && !service.profiles.every((profile) => other.profiles.includes(profile));
    return withoutIt || (other.profiles.length > 0 && service.profiles.length === 0)
      ? [`it waits for ${name}, which is there only in profiles of its own`]
      : [];
  });
}

function unused({ services, volumes, secrets, networks }: Compose): string[] {
  const all = Object.values(services);
  const used = {
    volume: new Set(all.flatMap((service) => service.volumes.map((volume) => volume.split(':')[0] as string))),
    secret: new Set(all.flatMap((service) => service.secrets)),
    network: new Set(all.flatMap((service) => service.networks)),
  };
  return [
    ...Object.keys(volumes)
      .filter((name) => !used.volume.has(name))
      .map((name) => `nothing uses the volume ${name}`),
    ...Object.keys(secrets)
      .filter((name) => !used.secret.has(name))
      .map((name) => `nothing uses the secret ${name}`),
    ...Object.keys(networks)
      .filter((name) => !used.network.has(name))
      .map((name) => `nothing uses the network ${name}`),
  ];
}

/** Each volume is given to the user of who writes to it, by the service that does only that. */
function unowned({ services, volumes }: Compose): string[] {
  const owner = Object.values(services).find(
    (service) => componentOf(service) === 'none' && service.network_mode === 'none',
  );
  const text = [owner?.command ?? []].flat().join('\n');
  const given = new Map(
    [...text.matchAll(/^\s*chown (\d+:\d+) (.+)$/gm)].flatMap(([, user, folders]) =>
      (folders as string).split(' ').map((folder) => [folder.replace('/v/', ''), user as string] as const),
    ),
  );
  return Object.keys(volumes).flatMap((volume) => {
    const faults = Object.entries(services)
      .filter(([, service]) => service !== owner && service.volumes.some((one) => one.split(':')[0] === volume))
      .filter(([, service]) => service.user !== given.get(volume))
      .map(([name, { user }]) => `the volume ${volume} is given to ${given.get(volume)}, but ${name} runs as ${user}`);
    const isMounted = owner?.volumes.includes(`${volume}:/v/${volume}`) ?? false;
    return isMounted ? faults : [...faults, `the volume ${volume} is given to nobody`];
  });
}

/** Variables of compose itself, and of those that read .env beside it. */
const OF_COMPOSE = ['COMPOSE_PROJECT_NAME', 'COMPOSE_PROFILES'];

function variableFaults({ variables }: ComposeFile, example: Readonly<Record<string, string>>): string[] {
  const asked = new Set(variables.map(({ name }) => name));
  return [
    ...variables.filter(({ name }) => !(name in example)).map(({ name }) => `.env.example has no ${name}`),
    ...variables
      .filter(({ name, needed }) => needed && !example[name])
      .map(({ name }) => `.env.example has no value for ${name}`),
    ...Object.keys(example)
      .filter((name) => !asked.has(name) && !OF_COMPOSE.includes(name))
      .map((name) => `nothing reads ${name} of .env.example`),
  ];
}
