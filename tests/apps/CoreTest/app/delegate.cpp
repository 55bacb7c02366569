#include "tests.h"
#include <Delegate.h>

namespace
{
int freeFunction(int n)
{
	return n + 1;
}

struct Base {
	int add(int n)
	{
		return total += n;
	}
	int get(int n) const
	{
		return total + n;
	}
	virtual int kind(int)
	{
		return 1;
	}
	virtual ~Base() = default;
	static int staticMethod(int n)
	{
		return n * 2;
	}
	int total = 0;
};

struct Derived : Base {
	int kind(int) override
	{
		return 2;
	}
};

/* Counts how many of its kind there are. */
struct Counted {
	static int alive;
	static int copies;
	Counted()
	{
		++alive;
	}
	Counted(const Counted&)
	{
		++alive;
		++copies;
	}
	Counted(Counted&&) noexcept
	{
		++alive;
	}
	~Counted()
	{
		--alive;
	}
	int operator()(int n) const
	{
		return n;
	}
};
int Counted::alive;
int Counted::copies;
} // namespace

void testDelegate()
{
	Check::group("Delegate");
	using Callback = Delegate<int(int)>;
	uint32_t attempts = Memory::attempts();

	Callback empty;
	CHECK(!empty && empty == nullptr && empty(5) == 0);
	Delegate<void()> emptyVoid;
	emptyVoid();
	Callback null(static_cast<int (*)(int)>(nullptr));
	CHECK(!null);

	Callback call(freeFunction);
	CHECK(call && call != nullptr && call(1) == 2);
	call = &Base::staticMethod;
	CHECK_EQ(call(4), 8);
	Derived object;
	call = Callback(&Base::add, &object);
	CHECK_EQ(call(3), 3);
	CHECK_EQ(call(3), 6);
	CHECK_EQ(Callback(&Base::get, &object)(1), 7);
	CHECK_EQ(Callback(&Base::kind, &object)(0), 2); // virtual
	CHECK_EQ(Callback(&Derived::add, &object)(0), 6);

	int a = 1, b = 2, c = 3, d = 4;
	call = [&a, &b, &c, &d](int n) { return a + b + c + d + n; };
	CHECK_EQ(call(10), 20);
	auto copy = call;
	call = nullptr;
	CHECK(!call);
	CHECK_EQ(copy(0), 10);
	int counter = 0;
	Callback counting = [counter](int n) mutable { return counter += n; };
	CHECK(counting(1) == 1 && counting(1) == 2);
	auto second = counting; // with its own counter from here on
	CHECK(second(1) == 3 && counting(1) == 3);

	{
		Callback owner{Counted()};
		CHECK_EQ(Counted::alive, 1);
		Callback other(owner);
		CHECK_EQ(Counted::alive, 2);
		CHECK_EQ(Counted::copies, 1);
		Callback moved(std::move(owner));
		CHECK(!owner && moved(7) == 7);
		CHECK_EQ(Counted::alive, 2);
		auto& same = other;
		other = same;
		CHECK(other(3) == 3);
		other = std::move(moved);
		CHECK_EQ(Counted::alive, 1);
		other = freeFunction;
		CHECK_EQ(Counted::alive, 0);
		other = Callback{Counted()};
	}
	CHECK_EQ(Counted::alive, 0);

	// References and results that are not numbers
	Delegate<bool(String&, const String&)> append = [](String& text, const String& more) { return text.concat(more); };
	String text("a");
	CHECK(append(text, "b") && text == "ab");
	String captured("captured");
	Delegate<String()> give = [captured]() { return captured; };
	auto give2 = give;
	CHECK_EQ(give() + give2(), "capturedcaptured");
	CHECK_EQ(Memory::attempts() - attempts, 1u); // the sum just above: delegates themselves need none
}
