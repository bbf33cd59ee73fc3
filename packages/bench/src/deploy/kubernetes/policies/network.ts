import { type Fields, fieldsAt, type Manifest, nameOf, type Value, valueAt, valuesAt } from '../manifest.ts';
import { containersOf, operatedPods, podTemplates, selects } from '../pods.ts';
import { type Flow, flowsOf, OUTSIDE, podsNameOf, type Zones, zoneOf } from '../zones.ts';

const COMPONENT = 'docusnap.io/component';
const ZONE = 'docusnap.io/zone';
/** A policy for something that deploy/zones.json does not know, such as an operator; the annotation says for what. */
const BESIDE = 'docusnap.io/beside-zones';
/** Everything, but for what the block excepts. */
const ANYWHERE = ['0.0.0.0/0', '::/0'];
/** Networks that nobody may be led into by an address that a client gave: at least these are excepted. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '127.0.0.0/8'];

type Direction = 'ingress' | 'egress';

/** What a policy lets one component's pods do. */
interface Allowed extends Omit<Flow, 'isOptional'> {
  readonly policy: Manifest;
  readonly direction: Direction;
}

/**
 * The policies allow what deploy/zones.json lists and nothing else: nothing at all where no other policy speaks, names for everybody, and every flow
 * of a component whose pods are there, at both of its ends.
 */
export function policiesKeepToZones(manifests: readonly Manifest[], zones: Zones): string[] {
  const policies = manifests.filter(({ kind, metadata }) => kind === 'NetworkPolicy' && !metadata.annotations[BESIDE]);
  const present = componentsIn(manifests);
  const flows = flowsOf(zones);
  const allowed = policies.flatMap((policy) => allowedBy(policy, { present: [...present.keys()], zones, flows }));
  return [
    ...(policies.some(deniesAll) ? [] : ['no policy denies what no other allows']),
    ...podTemplates(manifests)
      .filter(({ labels }) => labels[ZONE] === undefined || zoneOf(zones, labels[COMPONENT]) !== labels[ZONE])
      .map(
        ({ owner, labels }) => `${nameOf(owner)}: ${COMPONENT}=${labels[COMPONENT]} is not in ${ZONE}=${labels[ZONE]}`,
      ),
    ...policies.flatMap(faultsOfBlocks),
    ...allowed
      .filter((one) => !flows.some((flow) => isSame(flow, one)))
      .map(({ policy, from, to, port }) => `${nameOf(policy)}: it lets ${from} speak to ${to} at ${port}`),
    ...flows.flatMap((flow) => missing(flow, allowed, present)),
  ];
}

function isSame(flow: Omit<Flow, 'isOptional'>, other: Omit<Flow, 'isOptional'>): boolean {
  return flow.from === other.from && flow.to === other.to && flow.port === other.port;
}

function deniesAll({ fields }: Manifest): boolean {
  const selector = valueAt(fields, 'spec.podSelector');
  const types = valuesAt(fields, 'spec.policyTypes.*');
  const hasRules = ['ingress', 'egress'].some((direction) => valuesAt(fields, `spec.${direction}.*`).length > 0);
  return JSON.stringify(selector) === '{}' && types.length === 2 && !hasRules;
}

/** Of components whose pods are there, the ports they listen on; null where an operator makes them. */
function componentsIn(manifests: readonly Manifest[]): Map<string, readonly number[] | null> {
  const found = new Map<string, readonly number[] | null>();
  for (const pod of podTemplates(manifests)) {
    const name = pod.labels[COMPONENT];
    const ports = containersOf(pod).flatMap(({ fields }) => valuesAt(fields, 'ports.*.containerPort').map(Number));
    if (name !== undefined) found.set(name, ports);
  }
  for (const { [COMPONENT]: name } of operatedPods(manifests)) if (name !== undefined) found.set(name, null);
  return found;
}

interface Surroundings {
  readonly present: readonly string[];
  readonly zones: Zones;
  readonly flows: readonly Flow[];
}

function allowedBy(policy: Manifest, surroundings: Surroundings): Allowed[] {
  const { present, zones } = surroundings;
  const selector = valueAt(policy.fields, 'spec.podSelector');
  const own = present.filter((name) => selects(selector, labelsOf(name, zones)));
  const rules = (direction: Direction, peersAt: string) =>
    fieldsAt(policy.fields, `spec.${direction}.*`)
      .filter((rule) => !isNames(rule))
      .flatMap((rule) =>
        own.flatMap((name) =>
          valuesAt(rule, 'ports.*.port').flatMap((port) =>
            fieldsAt(rule, `${peersAt}.*`).flatMap((peer) =>
              meant(peer, { name, port: Number(port), direction }, surroundings).map((other): Allowed => {
                const ends = direction === 'egress' ? { from: name, to: other } : { from: other, to: name };
                return { ...ends, port: Number(port), policy, direction };
              }),
            ),
          ),
        ),
      );
  return [...rules('ingress', 'from'), ...rules('egress', 'to')];
}

function labelsOf(name: string, zones: Zones): Readonly<Record<string, string>> {
  return { [COMPONENT]: name, [ZONE]: zoneOf(zones, name) ?? '' };
}

const isNames = (rule: Fields): boolean => valuesAt(rule, 'ports.*.port').every((port) => port === 53);

/**
 * Whom a peer stands for: pods of this namespace by their component; a namespace by its zone, of which those are meant who have such a flow (its pods
 * bear labels of others), and as edge also the clients who come through it; or addresses.
 */
function meant(
  peer: Fields,
  { name, port, direction }: { readonly name: string; readonly port: number; readonly direction: Direction },
  { zones, flows }: Surroundings,
): string[] {
  if (valueAt(peer, 'ipBlock') !== undefined) return [OUTSIDE];
  const everybody = [...new Set(Object.keys(zones.components).map(podsNameOf))];
  const zone = valueAt(peer, `namespaceSelector.matchLabels`);
  if (zone === undefined) {
    return everybody.filter((other) => selects(valueAt(peer, 'podSelector'), labelsOf(other, zones)));
  }
  const wanted: Value = (zone as Fields)[ZONE] ?? null;
  const ofZone = everybody.filter((other) => zoneOf(zones, other) === wanted);
  const candidates = wanted === 'edge' ? [...ofZone, OUTSIDE] : ofZone;
  const who = candidates.filter((other) =>
    flows.some((flow) =>
      isSame(flow, direction === 'egress' ? { from: name, to: other, port } : { from: other, to: name, port }),
    ),
  );
  return who.length > 0 ? who : [`the zone ${String(wanted)}`];
}

/** What goes to anywhere goes to no private address. */
function faultsOfBlocks(policy: Manifest): string[] {
  return fieldsAt(policy.fields, 'spec.egress.*.to.*.ipBlock')
    .filter(({ cidr }) => ANYWHERE.includes(String(cidr)))
    .flatMap((block) => {
      const except = valuesAt(block, 'except.*');
      if (block.cidr === '::/0')
        return except.includes('fc00::/7') ? [] : [`${nameOf(policy)}: it leads to private addresses (fc00::/7)`];
      return PRIVATE.filter((network) => !except.includes(network)).map(
        (network) => `${nameOf(policy)}: it leads to private addresses (${network})`,
      );
    });
}

function missing(
  flow: Flow,
  allowed: readonly Allowed[],
  present: ReadonlyMap<string, readonly number[] | null>,
): string[] {
  const isAllowed = (direction: Direction): boolean =>
    allowed.some((one) => one.direction === direction && isSame(flow, one));
  const [callerIsHere, calleeIsHere] = [present.has(flow.from), present.has(flow.to)];
  // One of a kind has nobody like itself to speak to; an operator makes several.
  if (flow.from === flow.to && present.get(flow.from) !== null) return [];
  if (flow.isOptional && !(callerIsHere && calleeIsHere)) return [];
  const ports = present.get(flow.to);
  if (ports && !ports.includes(flow.port)) return [];
  const said = `${flow.from} may not speak to ${flow.to} at ${flow.port}`;
  return [
    ...(callerIsHere && !isAllowed('egress') ? [`${said}: nothing lets it out`] : []),
    ...(calleeIsHere && !isAllowed('ingress') ? [`${said}: nothing lets it in`] : []),
  ];
}
