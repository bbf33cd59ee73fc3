import { AppError } from '@docusnap/contracts';
import protobuf from 'protobufjs';

/**
 * The part of ONNX's protobuf schema that the models here use, with the field numbers of onnx.proto. Types that a rewrite only carries along
 * (value types, sparse tensors, functions) are opaque bytes.
 */
const SCHEMA = {
  nested: {
    Model: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        opsetImport: { rule: 'repeated', type: 'OperatorSet', id: 8 },
        producerName: { type: 'string', id: 2 },
        producerVersion: { type: 'string', id: 3 },
        domain: { type: 'string', id: 4 },
        modelVersion: { type: 'int64', id: 5 },
        docString: { type: 'string', id: 6 },
        graph: { type: 'Graph', id: 7 },
        metadataProps: { rule: 'repeated', type: 'bytes', id: 14 },
        trainingInfo: { rule: 'repeated', type: 'bytes', id: 20 },
        functions: { rule: 'repeated', type: 'bytes', id: 25 },
      },
    },
    OperatorSet: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    Graph: {
      fields: {
        node: { rule: 'repeated', type: 'Node', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'Tensor', id: 5 },
        docString: { type: 'string', id: 10 },
        input: { rule: 'repeated', type: 'Value', id: 11 },
        output: { rule: 'repeated', type: 'Value', id: 12 },
        valueInfo: { rule: 'repeated', type: 'Value', id: 13 },
        quantizationAnnotation: { rule: 'repeated', type: 'bytes', id: 14 },
        sparseInitializer: { rule: 'repeated', type: 'bytes', id: 15 },
        metadataProps: { rule: 'repeated', type: 'bytes', id: 16 },
      },
    },
    Value: {
      fields: { name: { type: 'string', id: 1 }, type: { type: 'bytes', id: 2 }, docString: { type: 'string', id: 3 } },
    },
    Node: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'Attribute', id: 5 },
        docString: { type: 'string', id: 6 },
        domain: { type: 'string', id: 7 },
      },
    },
    Attribute: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        s: { type: 'bytes', id: 4 },
        t: { type: 'Tensor', id: 5 },
        g: { type: 'bytes', id: 6 },
        floats: { rule: 'repeated', type: 'float', id: 7, options: { packed: false } },
        ints: { rule: 'repeated', type: 'int64', id: 8, options: { packed: false } },
        strings: { rule: 'repeated', type: 'bytes', id: 9 },
        tensors: { rule: 'repeated', type: 'Tensor', id: 10 },
        graphs: { rule: 'repeated', type: 'bytes', id: 11 },
        docString: { type: 'string', id: 13 },
        type: { type: 'int32', id: 20 },
        refAttrName: { type: 'string', id: 21 },
      },
    },
    Tensor: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1, options: { packed: false } },
        dataType: { type: 'int32', id: 2 },
        segment: { type: 'bytes', id: 3 },
        floatData: { rule: 'repeated', type: 'float', id: 4, options: { packed: true } },
        int32Data: { rule: 'repeated', type: 'int32', id: 5, options: { packed: true } },
        stringData: { rule: 'repeated', type: 'bytes', id: 6 },
        int64Data: { rule: 'repeated', type: 'int64', id: 7, options: { packed: true } },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
        doubleData: { rule: 'repeated', type: 'double', id: 10, options: { packed: true } },
        uint64Data: { rule: 'repeated', type: 'uint64', id: 11, options: { packed: true } },
        docString: { type: 'string', id: 12 },
        externalData: { rule: 'repeated', type: 'bytes', id: 13 },
        dataLocation: { type: 'int32', id: 14 },
      },
    },
  },
};

const ModelType = protobuf.Root.fromJSON(SCHEMA).lookupType('Model');

/** ONNX's tensor element type for 32-bit floats. */
export const FLOAT = 1;

/** ONNX's tensor element types of the integers that a rewrite makes. */
export const INTEGER = { UINT8: 2, INT8: 3, INT32: 6, INT64: 7 } as const;

/** ONNX's attribute types that the rewrite makes. */
export const ATTRIBUTE = { FLOAT: 1, INT: 2, STRING: 3, INTS: 7 } as const;

export interface TensorProto {
  name: string;
  dims: number[];
  dataType: number;
  floatData: number[];
  rawData: Uint8Array;
}

export interface AttributeProto {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  ints?: number[];
  t?: TensorProto;
}

export interface NodeProto {
  name: string;
  opType: string;
  input: string[];
  output: string[];
  attribute: AttributeProto[];
  /** Of the operator; ONNX's own where absent. */
  domain?: string;
}

/** protobufjs gives 64-bit integers as Long objects where their library is present, else as numbers. */
export type Integer = number | { toNumber(): number };
export const toNumber = (value: Integer): number => (typeof value === 'number' ? value : value.toNumber());

export interface OperatorSetProto {
  domain: string;
  version: Integer;
}

export interface ModelProto {
  opsetImport: OperatorSetProto[];
  graph: { node: NodeProto[]; initializer: TensorProto[]; output: { name: string }[] };
}

/**
 * Reads an ONNX file.
 *
 * @throws AppError `models_unavailable` when the bytes are none
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  try {
    return ModelType.decode(bytes) as unknown as ModelProto;
  } catch (cause) {
    throw new AppError('models_unavailable', 'The file is no ONNX model.', { cause });
  }
}

export function encodeModel(model: ModelProto): Uint8Array {
  return ModelType.encode(model as unknown as protobuf.Message).finish();
}
