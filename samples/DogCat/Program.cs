Console.WriteLine("DogCat");
