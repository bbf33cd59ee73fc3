export { ConfigError, type ConfigVariable, describeConfig, readConfig } from './config.ts';
export { type EventLoopWatch, watchEventLoop } from './event-loop.ts';
export { alive, type Checks, type HealthAnswer, healthRoutes, readiness } from './health.ts';
export { type Hold, type Leased, type Leases, openLeases } from './leases.ts';
export { type Lifecycle, runService, type ServiceOptions } from './lifecycle.ts';
export { listen } from './listen.ts';
export { LOG_LEVELS, type Logger, type LogLevel, openLog } from './log.ts';
export { type Metrics, type MetricsServer, openMetrics, serveMetrics } from './metrics.ts';
export { type Sweep, type SweepPorts, type Swept, startSweep } from './sweep.ts';
