#!/bin/bash
# Runs a program as three ranks on three hosts, which are network namespaces on one bridge: three-hosts.sh PROGRAM ARGUMENT...
# Needs root, ip (iproute2) and Open MPI. Called by mpirun as its way to a host: three-hosts.sh --on ADDRESS COMMAND
if [ "$1" = --on ]; then
  host=$HOSTS_ID-${2##*.}
  shift 2
  exec ip netns exec "$host" unshare --uts sh -c "hostname $host; $*"
fi

set -e
export HOSTS_ID=ce$$
bridge=$HOSTS_ID-b
clean() {
  for i in 1 2 3; do ip netns del $HOSTS_ID-$i 2> /dev/null; done
  ip link del $bridge 2> /dev/null
}
trap 'status=$?; set +e; clean; exit $status' EXIT
ip link add $bridge type bridge
ip link set $bridge up
for i in 1 2 3; do
  ip netns add $HOSTS_ID-$i
  ip link add $HOSTS_ID-v$i type veth peer name eth0 netns $HOSTS_ID-$i
  ip link set $HOSTS_ID-v$i master $bridge up
  ip -n $HOSTS_ID-$i addr add 10.77.0.$i/24 dev eth0
  ip -n $HOSTS_ID-$i link set eth0 up
  ip -n $HOSTS_ID-$i link set lo up
done
[ $# -gt 0 ] || exit 0
ip netns exec $HOSTS_ID-1 unshare --uts sh -c 'hostname $HOSTS_ID-1; exec "$@"' - \
  mpirun --mca plm_rsh_agent "bash $(realpath "$0") --on" --mca btl tcp,self --mca btl_tcp_if_include eth0 --mca oob_tcp_if_include eth0 \
  --host 10.77.0.1,10.77.0.2,10.77.0.3 -np 3 "$@"
