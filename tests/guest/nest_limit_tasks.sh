#!/bin/sh
# nest_limit_tasks -- who makes too many tasks loses them, and nobody else
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree sh sleep ps wc
nest_libraries
before=$(nest_count tasks)

# The shell and five; what comes on top has a moment.
cat > "$tree/etc/many" <<'X'
for i in 1 2 3 4 5; do sleep 60 & done
for i in 1 2 3 4 5 6 7 8 9; do sleep 60 & done
sleep 3 &
wait $!
echo "$(ps | wc -l)"
X
nest_manifest "$tree" 'limits { tasks = 6 }' > limited.hurdle
# The headline, the shell, five, and who counts.
said=$(hurdle-env limited.hurdle -- /bin/sh /etc/many 2>/dev/null)
holds the_early_ones_stay [ "$said" -ge 7 ]
holds the_rest_is_ended [ "$said" -le 10 ]
holds nothing_is_left nest_settles tasks "$before"

nest_manifest "$tree" 'limits { tasks = 1000 }' > roomy.hurdle
said=$(hurdle-env roomy.hurdle -- /bin/sh /etc/many 2>/dev/null)
holds below_the_limit_all_stay [ "$said" -ge 16 ]
