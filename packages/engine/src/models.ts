import type { ModelVersions } from '@docusnap/contracts';

/** Numbers going into or coming out of a model: row-major, `dims` from the outermost to the innermost. */
export interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** A loaded model. Inputs and outputs are looked up by their names in the model. Whoever implements it owns the runtime. */
export interface Session {
  /** What it gives belongs to the caller, and so does the memory it is in: nobody else holds a view of it. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

/** The three models of a reading and what they need besides their weights. */
export interface Models {
  /** Page [1, 3, H, W] to text probability [1, 1, H, W]. */
  readonly detection: Session;
  /** Line [1, 3, 48, 192] to the probabilities of [0 degrees, 180 degrees]. */
  readonly orientation: Session;
  /** Line [1, 3, 48, W] to class probabilities [1, about W / 8, classes]. */
  readonly recognition: Session;
  /** Class index to character; [0] is CTC's blank, ''. */
  readonly alphabet: readonly string[];
  readonly versions: ModelVersions;
}
