/** Memory for the picture of one line at a time. */
export interface Room {
  /** So many numbers, whatever they were before; what was taken last is overwritten. */
  take(length: number): Float32Array;
}

/** Kept from line to line: fresh memory of half a MiB comes from the system, which clears it as it is first written. */
export function openRoom(): Room {
  let memory = new Float32Array(0);
  return {
    take(length) {
      if (memory.length < length) memory = new Float32Array(length);
      return memory.subarray(0, length);
    },
  };
}
