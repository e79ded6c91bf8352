/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_FAULTS_H
#define TEST_FAULTS_H

#include "test.h"

/**
 * @file
 * Operations under the control of another program, which can end and restart the host program
 * at any moment.
 *
 * Commands come on stdin, one a line; each is answered by one line on stdout, a word and then
 * name=number pairs:
 *
 *     flood         keep the queue full until another command; answered at once
 *     soak          the same with random algorithms, sizes and layouts; sessions come and go
 *     drain         stop, and wait for what is in flight (options::timeout at most)
 *     kat           64 operations on the sessions made in the beginning
 *     session       create one more session, use it and free it
 *     rsa           one signature with a session made in the beginning, if the device has RSA
 *     hold          enqueue a few operations, and leave the queue alone until another command
 *     rest          leave the queue alone until another command
 *     share         create a session for secondary processes
 *     keep          take what comes back within half a second, and hold it without using it
 *     compare       look whether what is held was written to since then; use it
 *     restart       stop the device and start it, whatever is in flight
 *     status        nothing but the answer
 *     quit          end
 *
 * The answer's numbers, since the last answer: accepted and returned operations; right, error
 * (came back with an error status) and wrong (with a wrong answer) of those returned; in_flight
 * now; ms that the command took; oldest, the most ms that an operation took; and since the start,
 * sessions that "soak" has made, and refused, those that it could not make.
 */

/**
 * Obey commands until "quit" or the end of input. Main thread.
 *
 * @return number of failures seen: wrong answers and lost operations.
 */
unsigned int faults_run(struct env *env);

#endif /* TEST_FAULTS_H */
