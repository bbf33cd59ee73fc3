import { type Compose, componentOf, endsByItself, type Service } from './model.ts';

/** Exceptions are labels of the service that say why; which services have one is fixed by compose.test.ts. */

/** What has to hold of each service by itself. Gives a sentence for each thing that does not. */
export function weakPoints({ services }: Compose): string[] {
  return Object.entries(services).flatMap(([name, service]) =>
    [...imageFaults(service), ...rightFaults(service), ...keepingFaults(service)].map((fault) => `${name}: ${fault}`),
  );
}

/** A tag that says a version, or a digest. */
const PINNED =
  /^[a-z0-9][a-z0-9._/:-]*(:[A-Za-z0-9][A-Za-z0-9._-]*\d[A-Za-z0-9._-]*|:[^@]+@sha256:[0-9a-f]{64}|@sha256:[0-9a-f]{64})$/;

function imageFaults({ image }: Service): string[] {
  return PINNED.test(image) && !/:latest(@|$)/.test(image) ? [] : [`the image ${image} is not pinned by a version`];
}

function rightFaults(service: Service): string[] {
  const faults: string[] = [];
  // Who gives the volumes to their users, and who reads the logs of all, has to be root, and says so.
  const givesVolumes = componentOf(service) === 'none' && service.network_mode === 'none';
  if (!service.labels['docusnap.as-root'] && !/^[1-9]\d*:\d+$/.test(service.user ?? ''))
    faults.push('it does not name a user other than root');
  if (!service.read_only && !service.labels['docusnap.writable-root'])
    faults.push('its root file system can be written');
  if (!service.cap_drop.includes('ALL')) faults.push('it keeps capabilities');
  if (!givesVolumes && service.cap_add.length > 0) faults.push(`it is given ${service.cap_add.join(', ')}`);
  if (service.privileged) faults.push('it is privileged');
  if (!service.security_opt.includes('no-new-privileges:true')) faults.push('it may gain rights');
  const ofEngine = service.volumes.filter((volume) => /docker\.sock/.test(volume));
  if (ofEngine.length > 0) faults.push('it reaches the engine');
  return faults;
}

function keepingFaults(service: Service): string[] {
  const faults: string[] = [];
  const limits = service.deploy?.resources?.limits;
  if (!limits?.cpus || !limits.memory) faults.push('it has no limits of processors and memory');
  if (service.pids_limit === undefined) faults.push('it has no limit of processes');
  if (!endsByItself(service) && service.restart !== 'unless-stopped') faults.push('it is not started again');
  const isLookedAt = service.healthcheck !== undefined || Boolean(service.labels['docusnap.without-health']);
  if (!endsByItself(service) && !isLookedAt) faults.push('nobody looks whether it is healthy');
  if (!service.logging?.options['max-size']) faults.push('its log grows without end');
  return faults;
}
