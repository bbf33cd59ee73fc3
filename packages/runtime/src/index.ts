export { PRODUCT_VERSION, tellBuild } from './build-info.ts';
export { ConfigError, type ConfigVariable, describeConfig, readConfig } from './config.ts';
export { type ConnectionsWatch, type PoolState, watchConnections } from './connections.ts';
export { type EventLoopWatch, watchEventLoop } from './event-loop.ts';
export { alive, type Checks, type HealthAnswer, healthRoutes, readiness } from './health.ts';
export { type Hold, type Leased, type Leases, openLeases } from './leases.ts';
export { type Lifecycle, runService, type ServiceOptions } from './lifecycle.ts';
export { listen } from './listen.ts';
export { LOG_LEVELS, type Logger, type LogLevel, openLog, quickLines, type WriteLine } from './log.ts';
export { type Metrics, type MetricsServer, openMetrics, serveMetrics } from './metrics.ts';
export {
  RELOAD_VARIABLES,
  type ReloadableConfig,
  type Reloading,
  readReloadable,
  startReloading,
} from './reload.ts';
export { SWEEP_TURN_SECONDS, type Sweep, type SweepPorts, type Swept, startSweep } from './sweep.ts';
export { openTraces, TRACE_VARIABLES, type TraceSettings } from './traces/open-traces.ts';
export { readTraceparent } from './traces/traceparent.ts';
export {
  epochMs,
  type Span,
  type SpanAttributes,
  type SpanEnd,
  type SpanKind,
  type SpanStart,
  type Traces,
  traceIdOf,
  UNTOLD,
} from './traces/traces.ts';
