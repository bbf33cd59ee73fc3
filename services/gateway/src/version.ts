/** Of the API, as the OpenAPI document tells it. */
export const VERSION = '1.0.0';
