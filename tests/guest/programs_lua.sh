#!/bin/sh
# lua: a program that computes, reads, writes and runs others.
# SPDX-License-Identifier: GPL-2.0-or-later
. "${0%/*}/claims.sh"

cat >sieve.lua <<'END'
local n, composite, count = 20000, {}, 0
for i = 2, n do
  if not composite[i] then
    count = count + 1
    for j = i * i, n, i do composite[j] = true end
  end
end
print(count)
END
cat >files.lua <<'END'
local f = assert(io.open("out", "w"))
for i = 1, 1000 do f:write(i, "\n") end
f:close()
local sum = 0
for line in io.lines("out") do sum = sum + tonumber(line) end
print(sum)
local p = io.popen("cat out | wc -l")
print((p:read("a"):gsub("%s", "")))
p:close()
print(os.execute("exit 5"))
END
expect primes_are_counted 2262 "$(lua sieve.lua)"
expect files_and_children "500500
1000
nil	exit	5" "$(lua files.lua)"
