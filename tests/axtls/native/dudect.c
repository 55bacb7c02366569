/**
 * Does the time of an operation depend on what is secret in it? A statistic over many measurements, in the manner of
 * Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?" (2017): inputs of two classes in random order, and
 * Welch's t-test on the times of both, of all of them and of those below some percentiles, because what an interrupt or
 * another program adds makes the slowest meaningless.
 *
 *   dudect SUBJECT SAMPLES   prints the largest |t|; SUBJECT is one of those at the end of this file
 */
#define _POSIX_C_SOURCE 200809L // clock_gettime()
#include "secrets.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
static uint64_t now(void)
{
	_mm_lfence();
	uint64_t ticks = __rdtsc();
	_mm_lfence();
	return ticks;
}
#else
static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
#endif

typedef struct {
	const char *name;
	void (*init)(void);
	/** Get ready for one measurement; costs the same for both classes. */
	void (*prepare)(unsigned class);
	void (*run)(void);
	void (*clean)(void);
} subject;

static void nothing(void)
{
}

/* CBC: records of two variants */

static const uint8_t key[16] = {1}, mac_key[CBC_MAC] = {2};
static uint8_t records[2][CBC_RECORD], record[CBC_RECORD];
static protection *opener;
static axtls_crypto cbc_crypto;
static volatile size_t sink;

static void init_cbc(const char *first, const char *second)
{
	bool bad;
	cbc_crypto = *axtls_crypto_full();
	make_cbc_record(records[0], key, mac_key, first, &bad);
	make_cbc_record(records[1], key, mac_key, second, &bad);
}

static void init_cbc_bad(void)
{
	init_cbc("mac", "padfirst");
}

static void init_cbc_length(void)
{
	init_cbc("mac", "padlength");
}

static void init_cbc_good(void)
{
	init_cbc("shortpad", "longpad");
}

static void prepare_cbc(unsigned class)
{
	opener = make_cbc_protection(&cbc_crypto, key, mac_key);
	memcpy(record, records[class], sizeof(record));
}

static void run_cbc(void)
{
	size_t start, length;
	sink = protection_open(opener, RECORD_DATA, record, sizeof(record), &start, &length);
}

static void clean_cbc(void)
{
	protection_free(opener, &axtls_memory_default);
}

/** The control: the MAC is computed only when the padding is good, as in many an implementation before Lucky Thirteen. */
static void run_leaky_cbc(void)
{
	br_aes_ct64_cbcdec_keys decryption;
	uint8_t out[CBC_MAC];
	br_aes_ct64_cbcdec_init(&decryption, key, sizeof(key));
	br_aes_ct64_cbcdec_run(&decryption, record, record + 16, CBC_TOTAL);
	size_t pad = record[CBC_RECORD - 1];
	for (size_t i = 0; i < pad; i++) {
		if (record[CBC_RECORD - 2 - i] != pad) {
			sink = 0;
			return;
		}
	}
	br_hmac_key_context mac;
	br_hmac_context context;
	br_hmac_key_init(&mac, &br_sha256_vtable, mac_key, CBC_MAC);
	br_hmac_init(&context, &mac, 0);
	br_hmac_update(&context, record + 16, CBC_TOTAL - pad - 1 - CBC_MAC);
	sink = br_hmac_out(&context, out);
}

/* RSA: what comes after the RSA core, which is replaced by its result */

static uint8_t blocks[2][RSA_SIZE], key_exchange[9 + 2 + RSA_SIZE];
static unsigned block_class;
static axtls_crypto rsa_crypto;
static axtls_settings rsa_settings;
static axtls_engine *server;

static uint32_t known_result(unsigned char *x, const br_rsa_private_key *private_key)
{
	(void)private_key;
	memcpy(x, blocks[block_class], RSA_SIZE);
	return 1;
}

static void init_rsa(const char *second)
{
	uint8_t body[2 + RSA_SIZE] = {RSA_SIZE >> 8, RSA_SIZE & 0xFF};
	make_rsa_settings(&rsa_settings, &rsa_crypto);
	rsa_crypto.rsa_private = known_result;
	make_block(blocks[0], "good");
	make_block(blocks[1], second);
	put_record(key_exchange, CLIENT_KEY_EXCHANGE, body, sizeof(body));
}

static void init_rsa_type(void)
{
	init_rsa("type");
}

static void init_rsa_early(void)
{
	init_rsa("early");
}

static void init_rsa_version(void)
{
	init_rsa("version");
}

static void prepare_rsa(unsigned class)
{
	block_class = class;
	server = make_waiting_server(&rsa_settings);
}

static void run_rsa(void)
{
	sink = axtls_engine_feed(server, key_exchange, sizeof(key_exchange));
}

static void clean_rsa(void)
{
	axtls_engine_free(server);
}

/* Comparisons that differ at the beginning or at the end */

static uint8_t secret[48], guesses[2][48], guess[48];

static void init_compare(void)
{
	guesses[0][0] = 1;
	guesses[1][sizeof(guess) - 1] = 1;
}

static void prepare_compare(unsigned class)
{
	memcpy(guess, guesses[class], sizeof(guess));
}

static void run_compare(void)
{
	sink = tls_equal(secret, guess, sizeof(guess));
}

static void run_leaky_compare(void)
{
	sink = (size_t)leaky_compare(secret, guess, sizeof(guess));
}

static const subject subjects[] = {
	{"cbc-padding", init_cbc_bad, prepare_cbc, run_cbc, clean_cbc},
	{"cbc-padding-length", init_cbc_length, prepare_cbc, run_cbc, clean_cbc},
	{"cbc-good", init_cbc_good, prepare_cbc, run_cbc, clean_cbc},
	{"rsa-type", init_rsa_type, prepare_rsa, run_rsa, clean_rsa},
	{"rsa-early-end", init_rsa_early, prepare_rsa, run_rsa, clean_rsa},
	{"rsa-version", init_rsa_version, prepare_rsa, run_rsa, clean_rsa},
	{"compare", init_compare, prepare_compare, run_compare, nothing},
	{"leaky-cbc", init_cbc_bad, prepare_cbc, run_leaky_cbc, clean_cbc},
	{"leaky-compare", init_compare, prepare_compare, run_leaky_compare, nothing},
};

/* The statistic */

typedef struct {
	double time;
	unsigned class;
} sample;

static int by_time(const void *a, const void *b)
{
	double x = ((const sample *)a)->time, y = ((const sample *)b)->time;
	return (x > y) - (x < y);
}

/** Welch's t of the first `count` samples. */
static double welch(const sample *samples, size_t count)
{
	double n[2] = {0}, mean[2] = {0}, squares[2] = {0};
	for (size_t i = 0; i < count; i++) {
		unsigned c = samples[i].class;
		double delta = samples[i].time - mean[c];
		n[c]++;
		mean[c] += delta / n[c];
		squares[c] += delta * (samples[i].time - mean[c]);
	}
	if (n[0] < 100 || n[1] < 100) {
		/* Below the percentile there is one class only: no two times are further apart than that */
		return INFINITY;
	}
	double error = sqrt(squares[0] / (n[0] - 1) / n[0] + squares[1] / (n[1] - 1) / n[1]);
	double difference = mean[0] - mean[1];
	return error > 0 ? difference / error : difference == 0 ? 0 : INFINITY;
}

int main(int argc, char **argv)
{
	const subject *s = NULL;
	for (size_t i = 0; argc == 3 && i < sizeof(subjects) / sizeof(*subjects); i++) {
		s = strcmp(argv[1], subjects[i].name) == 0 ? &subjects[i] : s;
	}
	size_t count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	sample *samples = calloc(count + 1, sizeof(*samples));
	if (s == NULL || count == 0 || samples == NULL) {
		return 1;
	}
	br_hmac_drbg_context coin;
	struct timespec seed;
	clock_gettime(CLOCK_REALTIME, &seed);
	br_hmac_drbg_init(&coin, &br_sha256_vtable, &seed, sizeof(seed));
	s->init();
	for (size_t i = 0; i < count; i++) {
		uint8_t toss;
		br_hmac_drbg_generate(&coin, &toss, 1);
		samples[i].class = toss & 1;
		s->prepare(samples[i].class);
		uint64_t start = now();
		s->run();
		samples[i].time = (double)(now() - start);
		s->clean();
	}
	static const double parts[] = {1, 0.95, 0.9, 0.75, 0.5};
	size_t warm = count / 20; /* caches and branch predictors learn first */
	qsort(samples + warm, count - warm, sizeof(*samples), by_time);
	double most = 0;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		double t = fabs(welch(samples + warm, (size_t)((double)(count - warm) * parts[i])));
		most = t > most ? t : most;
	}
	printf("%.2f\n", most);
	free(samples);
	return 0;
}
