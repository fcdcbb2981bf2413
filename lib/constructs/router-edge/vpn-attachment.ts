import { CfnRoute, CfnTransitGatewayAttachment } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { Network } from '../network.ts';

interface VpnAttachmentProps {
  readonly network: Network;
  /** Of a transit gateway that the operator's VPNs are attached to. */
  readonly transitGatewayId: string;
  /** Where the routers are: these ranges go to the transit gateway, and nothing else leaves the network. */
  readonly ranges: readonly string[];
}

/** The worker's subnets on an operator's own transit gateway. The way back is the operator's to route: to `OWN_RANGE`. */
export class VpnAttachment extends Construct {
  constructor(scope: Construct, id: string, { network, transitGatewayId, ranges }: VpnAttachmentProps) {
    super(scope, id);
    const attachment = new CfnTransitGatewayAttachment(this, 'Attachment', {
      transitGatewayId,
      vpcId: network.vpc.vpcId,
      subnetIds: network.workerSubnetsOf.map(({ subnetId }) => subnetId),
    });
    network.workerSubnetsOf.forEach(({ routeTable }, zone) => {
      ranges.forEach((range, index) => {
        const route = new CfnRoute(this, `Route${zone}-${index}`, {
          routeTableId: routeTable.routeTableId,
          destinationCidrBlock: range,
          transitGatewayId,
        });
        route.addResourceDependency(attachment);
      });
    });
  }
}
