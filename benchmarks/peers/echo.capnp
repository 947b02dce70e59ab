@0xb1d6f5a4c0e83d27;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("peers::schema");

interface Echo {
  integer @0 (value :Int64) -> (value :Int64);
  bytes @1 (value :Data) -> (value :Data);
}
