/* String against a plain array that does the same: many random changes, each compared. */
#include "tests.h"

namespace
{
constexpr size_t limit = 400;

struct Model {
	char data[limit];
	size_t length = 0;

	void splice(size_t from, size_t removed, const char* inserted, size_t count)
	{
		char copy[limit];
		memcpy(copy, inserted, count); // may be part of `data`
		memmove(data + from + count, data + from + removed, length - from - removed);
		memcpy(data + from, copy, count);
		length = length - removed + count;
	}
};

uint32_t seed = 1;

/* 0 … bound - 1 (numbers of Numerical Recipes; the same ones in every run). */
size_t random(size_t bound)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % bound;
}

void step(String& text, Model& model)
{
	size_t from = random(model.length + 1);
	size_t count = random(model.length - from + 1);
	char letters[20];
	size_t letterCount = random(sizeof(letters));
	for(size_t i = 0; i < letterCount; ++i) {
		letters[i] = char('a' + random(3));
	}

	switch(random(9)) {
	case 0:
		if(model.length + letterCount <= limit) {
			CHECK(text.concat(letters, letterCount));
			model.splice(model.length, 0, letters, letterCount);
		}
		break;
	case 1: // a part of itself
		if(model.length + count <= limit) {
			CHECK(text.concat(text.c_str() + from, count));
			model.splice(model.length, 0, model.data + from, count);
		}
		break;
	case 2:
		text.remove(from, count);
		model.splice(from, count, "", 0);
		break;
	case 3:
		text = text.substring(from, from + count);
		memmove(model.data, model.data + from, count);
		model.length = count;
		break;
	case 4: {
		String find(letters, letterCount % 3 + 1);
		String replacement(letters, letterCount / 2);
		Model changed = model;
		size_t place = 0;
		while(place + find.length() <= changed.length) {
			if(memcmp(changed.data + place, find.c_str(), find.length()) != 0) {
				++place;
				continue;
			}
			if(changed.length - find.length() + replacement.length() > limit) {
				return;
			}
			changed.splice(place, find.length(), replacement.c_str(), replacement.length());
			place += replacement.length();
		}
		CHECK(text.replace(find, replacement));
		model = changed;
		break;
	}
	case 5:
		text = String(letters, letterCount);
		memcpy(model.data, letters, letterCount);
		model.length = letterCount;
		break;
	case 6: {
		String other(std::move(text));
		text = other;
		break;
	}
	case 7: {
		auto buffer = text.getBuffer();
		CHECK(buffer.data != nullptr && text.setBuffer(buffer));
		break;
	}
	case 8:
		CHECK(text.reserve(random(limit)));
		break;
	}
}
} // namespace

void testStringModel()
{
	Check::group("String: random changes");
	String text("");
	Model model;
	for(int i = 0; i < 20000; ++i) {
		size_t held = Memory::statistics(Memory::Tag::string).count;
		step(text, model);
		bool same = text.length() == model.length && memcmp(text.c_str(), model.data, model.length) == 0 &&
					text.c_str()[model.length] == '\0';
		bool tidy = Memory::statistics(Memory::Tag::string).count <= (held > 1 ? held : 1);
		if(!same || !tidy) {
			CHECK(same);
			CHECK(tidy);
			return;
		}
	}
	CHECK_EQ(text, String(model.data, model.length));
}
