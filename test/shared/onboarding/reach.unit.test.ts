import { describe, expect, it } from 'vitest';
import { hubOf, readReach, tunnelAddress } from '#shared/onboarding/reach.ts';
import { ConfigError, readConfig } from '#shared/platform/config.ts';

const tunnelOf = (range: string) => ({ range, endpoint: { host: 'hub', port: 1 } });
const whole = {
  TUNNEL_RANGE: '10.66.0.0/16',
  TUNNEL_ENDPOINT: 'hub.wifi.mx:51820',
  TUNNEL_PUBLIC_KEY: 'aGVyZSBzdGFuZCB0aGlydHktdHdvIGJ5dGVzIG9rIQk=',
};

describe('the addresses of a tunnel', () => {
  it.each([
    ['10.66.0.0/16', '10.66.0.1', 1, '10.66.0.2'],
    ['10.66.0.0/16', '10.66.0.1', 255, '10.66.1.0'],
    ['10.66.3.7/24', '10.66.3.1', 253, '10.66.3.254'],
    ['172.16.0.0/12', '172.16.0.1', 65_535, '172.17.0.0'],
  ])('of %s begin with the hub`s, %s; router %i has %s', (range, hub, number, address) => {
    expect(hubOf(tunnelOf(range))).toBe(hub);
    expect(tunnelAddress(tunnelOf(range), number)).toBe(address);
  });

  it('end before the one that all of them hear', () => {
    expect(() => tunnelAddress(tunnelOf('10.66.3.0/24'), 254)).toThrow('no address left');
  });
});

describe('the settings of a deployment', () => {
  it('make a tunnel only when all three of it are there; empty ones are not', () => {
    expect(readReach(readConfig(whole)).tunnel).toEqual({
      range: '10.66.0.0/16',
      endpoint: { host: 'hub.wifi.mx', port: 51_820 },
    });
    expect(readReach(readConfig({ ...whole, TUNNEL_ENDPOINT: '' })).tunnel).toBeNull();
    expect(readReach(readConfig({ WORKER_ADDRESSES: '' }))).toEqual({ tunnel: null, workerAddresses: [] });
    expect(readReach(readConfig({ WORKER_ADDRESSES: '203.0.113.7,198.51.100.0/28' })).workerAddresses).toHaveLength(2);
  });

  it.each([
    { TUNNEL_RANGE: '10.66.0.0' },
    { TUNNEL_RANGE: '10.66.0.0/30' },
    { TUNNEL_ENDPOINT: 'hub.wifi.mx' },
    { TUNNEL_ENDPOINT: 'hub wifi:1' },
    { TUNNEL_PUBLIC_KEY: 'short=' },
    { WORKER_ADDRESSES: 'worker.wifi.mx' },
    { WORKER_ADDRESSES: '203.0.113.7,' },
  ])('are refused when malformed: %j', (wrong) => {
    expect(() => readConfig(wrong)).toThrow(ConfigError);
  });
});
