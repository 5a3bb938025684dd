import type { JSX } from 'preact';
import { useStore } from './use-store';
import { VehicleDetail } from './vehicle-detail';
import { VehicleList } from './vehicle-list';

export function VehiclePanel(): JSX.Element {
  const { ui } = useStore();
  return ui.vehicleId === '' ? <VehicleList /> : <VehicleDetail key={ui.vehicleId} id={ui.vehicleId} />;
}
