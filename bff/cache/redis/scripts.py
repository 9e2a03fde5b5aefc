"""What has to be done at once, in Lua. Sent in full each time: after a failover no server knows a script's digest.

All keys of one script belong to one viewer. What lies under a key and is of another type than ours counts as nothing.
"""

from collections.abc import Sequence
from typing import Final

from bff.cache.redis.connection import Words

TAKE: Final = """
local owner, made, keeps, nonce, lasts = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local generation = redis.pcall('GET', owner)
if type(generation) ~= 'string' or #generation ~= #made then
  generation = made
  redis.call('SET', owner, generation, 'PX', keeps)
end
local found = {generation}
for at = 2, #KEYS, 2 do
  local value, lease = redis.pcall('GET', KEYS[at]), redis.pcall('GET', KEYS[at + 1])
  local held = type(lease) == 'string' and string.sub(lease, 1, #generation) == generation
  if not held then redis.call('SET', KEYS[at + 1], generation .. nonce, 'PX', lasts) end
  found[at] = type(value) == 'string' and value
  found[at + 1] = held and nonce .. '0' or nonce .. '1'
end
return found
"""
"""Keys: that of the generation, then value and lease of each address. Arguments: a generation in case there is none,
its milliseconds, a nonce, the milliseconds of a lease. A lease of another generation counts as none.

Returns the generation, then for each address its value and whether it is ours, which the nonce in front makes an answer
to this question and no other.
"""

FILL: Final = """
local owner, value, lease, token, keeps = KEYS[1], KEYS[2], KEYS[3], ARGV[1], tonumber(ARGV[3])
if redis.pcall('GET', lease) ~= token then return 0 end
local generation = redis.pcall('GET', owner)
if type(generation) ~= 'string' or string.sub(token, 1, #generation) ~= generation then return 0 end
redis.call('SET', value, ARGV[2], 'PX', keeps)
redis.call('DEL', lease)
if redis.call('PTTL', owner) < keeps then redis.call('PEXPIRE', owner, ARGV[4]) end
return 1
"""
"""Keys: those of the generation, the value, the lease. Arguments: the lease's token, the value, its milliseconds, the
generation's."""

RELEASE: Final = """
if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""
"""Keys: the lease. Arguments: its token."""

RENEW: Final = """
if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
"""
"""Keys: the lease. Arguments: its token, milliseconds."""

FORGET: Final = """
for _, key in ipairs(KEYS) do redis.call('UNLINK', key) end
return redis.call('PUBLISH', ARGV[1], ARGV[2])
"""
"""Keys: all of them. Arguments: a channel, what to say there when they are gone."""


def run(script: str, keys: Sequence[str], *arguments: str | bytes | int) -> Words:
    """The command."""
    return ("EVAL", script, len(keys), *keys, *arguments)
