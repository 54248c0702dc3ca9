#!/bin/sh
# sqlite3: ten thousand committed rows, and a database that is whole.
# SPDX-License-Identifier: GPL-2.0-or-later
. "${0%/*}/claims.sh"

{
  echo 'create table t (n integer primary key, square integer);'
  n=0
  while [ $n -lt 10000 ]; do
    n=$((n + 1))
    echo "insert into t values ($n, $((n * n)));"
  done
} >rows.sql

holds rows_are_committed_one_by_one sqlite3 rows.db <rows.sql
expect all_rows_are_there 10000 "$(sqlite3 rows.db 'select count(*) from t')"
expect sums_are_right 333383335000 "$(sqlite3 rows.db 'select sum(square) from t')"
expect the_database_is_whole ok "$(sqlite3 rows.db 'pragma integrity_check')"
expect a_rolled_back_transaction_leaves_nothing 10000 "$(sqlite3 rows.db \
  'begin; delete from t; rollback; select count(*) from t')"
expect a_write_ahead_log_works "wal
1" "$(sqlite3 wal.db 'pragma journal_mode = wal; create table a (x);
  insert into a values (1); select count(*) from a')"
