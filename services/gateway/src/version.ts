/** Of the API, as the OpenAPI document and `/v1/system` tell it. */
export const VERSION = '1.0.0';
