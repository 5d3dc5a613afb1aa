import type { ServiceView } from '../collector.ts';
import type { ObjectId } from './fact.ts';

export const hostId = (host: string): ObjectId => `host/${host}`;
export const serviceId = (service: string): ObjectId => `service/${service}`;
export const unitId = (host: string, unit: string): ObjectId => `unit/${host}/${unit}`;
export const filesystemId = (host: string, mountpoint: string): ObjectId =>
  `filesystem/${host}:${mountpoint}`;
export const processId = (host: string, name: string, pid: number): ObjectId =>
  `process/${host}/${name}:${pid}`;

/** What a host serves: the service that it was asked about. */
export function servedBy(service: Pick<ServiceView, 'name'> | null): readonly ObjectId[] {
  return service === null ? [] : [serviceId(service.name)];
}

/** The hosts that a service runs on, as far as its registry entry names them: a fault of one of them may rest on facts of the service. */
export function runsOn({ hosts }: Pick<ServiceView, 'hosts'>): readonly ObjectId[] {
  return [...new Set(hosts)].map(hostId);
}

export const queueId = (name: string): ObjectId => `queue/${name}`;
export const databaseId = (name: string): ObjectId => `database/${name}`;
/** Where TLS is served, by the name that clients use and the port. */
export const endpointId = (name: string, port: number): ObjectId => `endpoint/${name}:${port}`;
export const nameId = (name: string): ObjectId => `name/${name}`;
export const resolverId = (server: string): ObjectId => `resolver/${server}`;
