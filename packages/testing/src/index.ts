export { type TestDatabase, type TestRedis, testDatabase, testRedis } from './database.ts';
export * from './drawing/index.ts';
export { type TemporaryFolder, temporaryFolder } from './folders.ts';
export { freePort } from './ports.ts';
export { type PostgresServer, startPostgres } from './postgres.ts';
export { POSTGRES_VERSIONS, type PostgresVersion } from './postgres-programs.ts';
export { type RedisServer, startRedis } from './redis.ts';
export { SERVERS_VARIABLE, startTestServers, type TestServers } from './servers.ts';
export { describeNeeding, findTool, type Tool, whyAbsent } from './tools.ts';
