import type { Session } from '@docusnap/engine';
import type { InferenceSession } from 'onnxruntime-node';
import { createInference, infer } from '../inference.ts';
import { PROBE_DIMS, PROBE_VALUE, probeModels } from './probe.ts';

/** What a recogniser's wide products are computed with. */
export type Precision = 'float32' | 'int8';

/**
 * Integers must take less than this part of the floats' time. The probe is what six tenths of a recognition consist of, so this is a tenth less
 * for the whole. With AVX-512 VNNI it is 0.4 to 0.5.
 */
const MOST_TIME = 0.8;

/** Integers round by less than this; instructions that overflow are wrong by a half. */
const TOLERANCE = 0.02;

/**
 * Runs of each, in turn, about a millisecond long. The least of them counts: what else runs on the machine, such as other readers that start,
 * only ever adds time, and in one of so many it does not.
 */
const ROUNDS = 25;

/** What to read with on this machine's processor, found out with one convolution. Takes about 0.2 s. */
export async function measurePrecision(): Promise<Precision> {
  const models = probeModels();
  const [float, integer] = [await createInference(models.float, 'cpu'), await createInference(models.integer, 'cpu')];
  try {
    return await betterOf(asSession(float), asSession(integer));
  } finally {
    await Promise.all([float.release(), integer.release()]);
  }
}

function asSession(session: InferenceSession): Session {
  const { inputNames, outputNames } = session;
  const run: Session['run'] = async (inputs) => {
    const [output = ''] = outputNames;
    const { data, dims } = (await infer(session, inputs))[output]!;
    return { [output]: { data: data as Float32Array, dims } };
  };
  return { inputNames, outputNames, run };
}

/** Which of two sessions of the probe to trust and prefer: integers only where they are exact and clearly faster. */
export async function betterOf(float: Session, integer: Session): Promise<Precision> {
  if (!(await isExact(integer))) return 'float32';
  let [floatTime, integerTime] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round += 1) {
    floatTime = Math.min(floatTime, await timeOf(float));
    integerTime = Math.min(integerTime, await timeOf(integer));
  }
  return integerTime < floatTime * MOST_TIME ? 'int8' : 'float32';
}

async function isExact(session: Session): Promise<boolean> {
  const outputs = await session.run(probeInput(session));
  const values = outputs[session.outputNames[0] ?? '']?.data ?? [];
  return values.length > 0 && values.every((value) => Math.abs(value - PROBE_VALUE) < TOLERANCE);
}

async function timeOf(session: Session): Promise<number> {
  const input = probeInput(session);
  const started = performance.now();
  await session.run(input);
  return performance.now() - started;
}

function probeInput(session: Session) {
  const length = PROBE_DIMS.reduce((product, size) => product * size, 1);
  return { [session.inputNames[0] ?? '']: { data: new Float32Array(length).fill(PROBE_VALUE), dims: PROBE_DIMS } };
}
