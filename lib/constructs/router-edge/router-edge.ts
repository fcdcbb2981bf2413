import { Construct } from 'constructs';
import { OWN_RANGE } from '#shared/platform/own-range.ts';
import type { Reach, Stage } from '../../settings.ts';
import type { Provided, ReachSetting } from '../grants.ts';
import type { Network } from '../network.ts';
import { VpnAttachment } from './vpn-attachment.ts';
import { WireguardHub } from './wireguard-hub.ts';

interface RouterEdgeProps {
  readonly stage: Stage;
  readonly reach: Reach;
  readonly network: Network;
}

const plain = (value: string): Provided => ({ value, arn: '' });
const nothing = plain('');

/** How the worker's network meets the routers, and what functions, and routers, have to be told of it. */
export class RouterEdge extends Construct {
  readonly provided: Readonly<Record<ReachSetting, Provided>>;

  constructor(scope: Construct, id: string, { stage, reach, network }: RouterEdgeProps) {
    super(scope, id);
    const without = {
      TUNNEL_RANGE: nothing,
      TUNNEL_ENDPOINT: nothing,
      TUNNEL_PUBLIC_KEY: nothing,
      HUB_BUCKET: nothing,
    };
    switch (reach.kind) {
      case 'wireguard': {
        const hub = new WireguardHub(this, 'Hub', { stage, network, range: reach.range });
        this.provided = {
          TUNNEL_RANGE: plain(reach.range),
          TUNNEL_ENDPOINT: plain(hub.endpoint),
          // Made by the hub, which tells it in the bucket.
          TUNNEL_PUBLIC_KEY: nothing,
          HUB_BUCKET: hub.bucket,
          WORKER_ADDRESSES: plain(hub.publicAddress),
        };
        return;
      }
      case 'vpn':
        new VpnAttachment(this, 'Vpn', { network, ...reach });
        this.provided = { ...without, WORKER_ADDRESSES: plain(OWN_RANGE) };
        return;
      case 'public':
        this.provided = { ...without, WORKER_ADDRESSES: plain(network.publicAddresses.join(',')) };
    }
  }
}
