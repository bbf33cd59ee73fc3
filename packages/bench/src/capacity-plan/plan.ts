import { ASSUMED, MEASURED } from './coefficients.ts';

/** What an installation has to do. */
export interface Demand {
  /** On average over the day, bursts aside. */
  readonly pagesPerSecond: number;
  /** Of one reader on one core. */
  readonly pageSeconds: number;
  readonly keepDays: number;
  /** How much may have piled up at worst, in hours of that rate. */
  readonly backlogHours: number;
  readonly readersPerService: number;
}

/** What it takes: computed from the coefficients, and nothing else. */
export interface Plan {
  readonly demand: Demand;
  readonly readers: number;
  readonly ocrServices: number;
  /** Of readers, and of the processes that lead them. */
  readonly ocrCores: number;
  readonly ocrGib: number;
  readonly gateways: number;
  readonly gatewayGib: number;
  readonly databaseCores: number;
  readonly databaseGib: number;
  readonly connections: number;
  readonly filesGib: number;
  readonly redisGib: number;
  readonly uploadMbitPerSecond: number;
}

/** One dies, the other serves. */
const LEAST = 2;
const MIB_PER_GIB = 1024;
const SECONDS_A_DAY = 86_400;
const SECONDS_AN_HOUR = 3_600;

export const DEFAULT_DEMAND: Omit<Demand, 'pagesPerSecond'> = {
  pageSeconds: 1 / MEASURED.pagesPerSecondAndCore,
  keepDays: 7,
  backlogHours: 1,
  readersPerService: 8,
};

export function planFor(demand: Demand): Plan {
  const { pagesPerSecond: rate, pageSeconds, keepDays, backlogHours, readersPerService } = demand;
  const millionsKept = (rate * SECONDS_A_DAY * keepDays) / 1e6;
  const millionsWaiting = (rate * SECONDS_AN_HOUR * backlogHours) / 1e6;
  const readers = Math.max(LEAST, Math.ceil((rate * pageSeconds) / ASSUMED.readersBusy));
  const ocrServices = Math.max(LEAST, Math.ceil(readers / readersPerService));
  const ocrCores = readers + coresFor(rate, MEASURED.ocrMainMsPerPage);
  const queueConnections = ocrCores > ASSUMED.mostCoresWithoutRedis ? 0 : ASSUMED.queueConnections;
  const gateways = Math.max(LEAST, coresFor(rate, MEASURED.gatewayMsPerPage));
  return {
    demand,
    readers,
    ocrServices,
    ocrCores,
    ocrGib: (readers * MEASURED.readerMib + ocrServices * MEASURED.ocrMainMib) / MIB_PER_GIB,
    gateways,
    gatewayGib: (gateways * MEASURED.gatewayMib) / MIB_PER_GIB,
    databaseCores: Math.max(1, coresFor(rate, MEASURED.databaseMsPerPage)),
    databaseGib: millionsKept * MEASURED.databaseGibPerMillion,
    connections:
      gateways * (ASSUMED.gatewayConnections + queueConnections) +
      readers +
      ocrServices * (ASSUMED.ocrConnectionsBesideReaders + queueConnections),
    filesGib: millionsKept * MEASURED.filesGibPerMillion,
    redisGib: millionsWaiting * MEASURED.redisGibPerMillionWaiting,
    uploadMbitPerSecond: (rate * MEASURED.uploadBytes * 8) / 1e6,
  };
}

/** Whole cores, busy for half of the time. */
const coresFor = (rate: number, millisecondsPerPage: number): number =>
  Math.ceil((rate * millisecondsPerPage) / 1_000 / ASSUMED.othersBusy);
