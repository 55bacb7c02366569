#include "Data/Json.h"

/*
 * Children go before their parent, without recursion: the deepest one is taken out again and again. Documents come
 * from the application and are small.
 */
JsonNode::~JsonNode()
{
	become(Type::null);
}

void JsonNode::become(Type newType)
{
	auto node = this;
	while(first != nullptr) {
		while(node->first != nullptr) {
			node = node->first;
		}
		auto up = node->parent;
		up->first = node->next;
		delete node;
		node = up;
	}
	text = nullptr;
	integer = 0;
	type = newType;
}

JsonNode* JsonNode::add(const String& childName)
{
	auto child = new JsonNode;
	if(child != nullptr) {
		child->name = childName;
		if(child->name.isFailed()) {
			delete child;
			child = nullptr;
		}
	}
	if(child == nullptr) {
		markIncomplete();
		return nullptr;
	}
	child->parent = this;
	auto link = &first;
	while(*link != nullptr) {
		link = &(*link)->next;
	}
	*link = child;
	return child;
}

JsonNode* JsonNode::find(const String& childName) const
{
	auto child = first;
	while(child != nullptr && child->name != childName) {
		child = child->next;
	}
	return child;
}

JsonNode* JsonNode::findOrAdd(const String& childName)
{
	auto child = find(childName);
	return (child == nullptr) ? add(childName) : child;
}

unsigned JsonNode::count() const
{
	unsigned number = 0;
	for(auto child = first; child != nullptr; child = child->next) {
		++number;
	}
	return number;
}

void JsonNode::setText(const String& value)
{
	become(value.isNull() ? Type::null : Type::text);
	text = value;
	if(text.isFailed()) {
		markIncomplete();
	}
}

void JsonNode::markIncomplete()
{
	auto root = this;
	while(root->parent != nullptr) {
		root = root->parent;
	}
	root->incomplete = true;
}
