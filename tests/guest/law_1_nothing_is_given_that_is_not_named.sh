#!/bin/sh
# law 1: nothing is given that the manifest does not name
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_law.sh

law_unconfined names
law_inside law_1_at_depth_1 names law_nest 1
law_inside law_1_at_depth_3 names law_nest 3
