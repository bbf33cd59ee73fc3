import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest runs tests in a realm of their own, whose typed arrays are not those that native add-ons know: onnxruntime-node refuses
 * its own Float32Array there. Sharing the outer realm's constructors makes `instanceof` true again.
 */
const FROM_OUTER_REALM = { ArrayBuffer, Uint8Array, Int32Array, BigInt64Array, Float32Array };

export default class SharedTypedArrays extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.assign(this.global, FROM_OUTER_REALM);
  }
}
