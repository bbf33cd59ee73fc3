import { AppError } from '@docusnap/contracts';
import protobuf from 'protobufjs';

/** What of onnx.proto is needed to find the metadata; all else is passed over, so that a large model costs nothing. */
const SCHEMA = {
  nested: {
    Model: { fields: { metadataProps: { rule: 'repeated', type: 'Entry', id: 14 } } },
    Entry: { fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
  },
};

const ModelType = protobuf.Root.fromJSON(SCHEMA).lookupType('Model');

/**
 * The key-value pairs that whoever converted an ONNX file has put into it.
 *
 * @throws AppError `models_unavailable` when the bytes are no ONNX model
 */
export function readMetadata(bytes: Uint8Array): Map<string, string> {
  try {
    const { metadataProps } = ModelType.decode(bytes) as unknown as { metadataProps: { key: string; value: string }[] };
    return new Map(metadataProps.map(({ key, value }) => [key, value]));
  } catch (cause) {
    throw new AppError('models_unavailable', 'The file is no ONNX model.', { cause });
  }
}
